@NullMarked
package dev.kiln.adapter.engine;

import org.jspecify.annotations.NullMarked;
