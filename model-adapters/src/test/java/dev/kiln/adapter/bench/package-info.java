@NullMarked
package dev.kiln.adapter.bench;

import org.jspecify.annotations.NullMarked;
