@NullMarked
package dev.kiln.adapter.kind;

import org.jspecify.annotations.NullMarked;
