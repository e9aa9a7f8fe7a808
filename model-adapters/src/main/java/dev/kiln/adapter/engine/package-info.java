/// Engines behind one small contract: named tensors in, named tensors out, in memory of one batch.
@NullMarked
package dev.kiln.adapter.engine;

import org.jspecify.annotations.NullMarked;
