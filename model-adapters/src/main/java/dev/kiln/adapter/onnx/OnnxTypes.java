package dev.kiln.adapter.onnx;

import ai.onnxruntime.OnnxJavaType;
import dev.kiln.core.model.DType;
import java.util.Optional;

/// ONNX Runtime's names of element types, and ours.
final class OnnxTypes {
    private OnnxTypes() {}

    static OnnxJavaType of(DType dtype) {
        return switch (dtype) {
            case BOOL -> OnnxJavaType.BOOL;
            case INT8 -> OnnxJavaType.INT8;
            case INT16 -> OnnxJavaType.INT16;
            case INT32 -> OnnxJavaType.INT32;
            case INT64 -> OnnxJavaType.INT64;
            case UINT8 -> OnnxJavaType.UINT8;
            case FP16 -> OnnxJavaType.FLOAT16;
            case FP32 -> OnnxJavaType.FLOAT;
            case FP64 -> OnnxJavaType.DOUBLE;
        };
    }

    /// Empty for a type that we do not carry.
    static Optional<DType> of(OnnxJavaType type) {
        return switch (type) {
            case BOOL -> Optional.of(DType.BOOL);
            case INT8 -> Optional.of(DType.INT8);
            case INT16 -> Optional.of(DType.INT16);
            case INT32 -> Optional.of(DType.INT32);
            case INT64 -> Optional.of(DType.INT64);
            case UINT8 -> Optional.of(DType.UINT8);
            case FLOAT16 -> Optional.of(DType.FP16);
            case FLOAT -> Optional.of(DType.FP32);
            case DOUBLE -> Optional.of(DType.FP64);
            case BFLOAT16, STRING, UNKNOWN -> Optional.empty();
        };
    }
}
