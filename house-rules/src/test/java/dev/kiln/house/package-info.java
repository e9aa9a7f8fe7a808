@NullMarked
package dev.kiln.house;

import org.jspecify.annotations.NullMarked;
