@NullMarked
package dev.kiln.adapter.fetch;

import org.jspecify.annotations.NullMarked;
