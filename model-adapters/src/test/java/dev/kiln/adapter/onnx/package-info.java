@NullMarked
package dev.kiln.adapter.onnx;

import org.jspecify.annotations.NullMarked;
