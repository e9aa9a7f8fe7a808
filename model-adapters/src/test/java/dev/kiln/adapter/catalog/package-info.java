@NullMarked
package dev.kiln.adapter.catalog;

import org.jspecify.annotations.NullMarked;
