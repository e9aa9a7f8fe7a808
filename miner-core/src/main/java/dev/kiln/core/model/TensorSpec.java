package dev.kiln.core.model;

import java.util.List;

/// What a tensor has to be like.
///
/// @param shape its axes; -1 for one of any length. The first is the batch where the model takes batches
public record TensorSpec(String name, DType dtype, List<Long> shape) {
    public TensorSpec {
        shape = List.copyOf(shape);
    }
}
