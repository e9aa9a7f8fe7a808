@NullMarked
package dev.kiln.adapter.text;

import org.jspecify.annotations.NullMarked;
