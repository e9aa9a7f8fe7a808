/// The contract of a model: what engines eat and give, free of any tensor library.
@NullMarked
package dev.kiln.core.model;

import org.jspecify.annotations.NullMarked;
