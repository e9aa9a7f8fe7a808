/// What is done around an engine for each kind of model: inputs to tensors, tensors to outputs.
@NullMarked
package dev.kiln.adapter.kind;

import org.jspecify.annotations.NullMarked;
