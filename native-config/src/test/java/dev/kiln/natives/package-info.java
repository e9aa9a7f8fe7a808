@NullMarked
package dev.kiln.natives;

import org.jspecify.annotations.NullMarked;
