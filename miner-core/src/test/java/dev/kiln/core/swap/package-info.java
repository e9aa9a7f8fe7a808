@NullMarked
package dev.kiln.core.swap;

import org.jspecify.annotations.NullMarked;
