@NullMarked
package dev.kiln.adapter.probe;

import org.jspecify.annotations.NullMarked;
