@NullMarked
package dev.kiln.adapter.dense;

import org.jspecify.annotations.NullMarked;
