/// ONNX Runtime behind the contract of a model.
@NullMarked
package dev.kiln.adapter.onnx;

import org.jspecify.annotations.NullMarked;
