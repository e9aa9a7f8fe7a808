package dev.kiln.adapter.pytorch;

import ai.djl.ndarray.types.DataType;
import dev.kiln.core.model.DType;
import java.util.Optional;

/// DJL's names of element types, and ours.
final class TorchTypes {
    private TorchTypes() {}

    /// Empty for a type that PyTorch knows and DJL's door to it does not.
    static Optional<DataType> of(DType dtype) {
        return switch (dtype) {
            case BOOL -> Optional.of(DataType.BOOLEAN);
            case INT8 -> Optional.of(DataType.INT8);
            case INT16 -> Optional.empty();
            case INT32 -> Optional.of(DataType.INT32);
            case INT64 -> Optional.of(DataType.INT64);
            case UINT8 -> Optional.of(DataType.UINT8);
            case FP16 -> Optional.of(DataType.FLOAT16);
            case FP32 -> Optional.of(DataType.FLOAT32);
            case FP64 -> Optional.of(DataType.FLOAT64);
        };
    }

    /// Empty for a type that we do not carry.
    static Optional<DType> of(DataType type) {
        for (DType dtype : DType.values()) {
            if (of(dtype).filter(type::equals).isPresent()) {
                return Optional.of(dtype);
            }
        }
        return Optional.empty();
    }
}
