package dev.kiln.core.model;

/// What a tensor is made of, by the names of the Open Inference Protocol.
public enum DType {
    BOOL(1),
    INT8(1),
    INT16(2),
    INT32(4),
    INT64(8),
    UINT8(1),
    FP16(2),
    FP32(4),
    FP64(8);

    private final int bytes;

    DType(int bytes) {
        this.bytes = bytes;
    }

    /// Bytes of one element.
    public int bytes() {
        return bytes;
    }
}
