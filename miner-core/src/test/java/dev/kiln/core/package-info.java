@NullMarked
package dev.kiln.core;

import org.jspecify.annotations.NullMarked;
