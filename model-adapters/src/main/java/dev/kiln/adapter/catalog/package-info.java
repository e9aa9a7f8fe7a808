/// Which models there are, where their files come from, and that these are the files they claim to be.
@NullMarked
package dev.kiln.adapter.catalog;

import org.jspecify.annotations.NullMarked;
