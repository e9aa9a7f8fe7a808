package dev.kiln.core.model;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/// One tensor in host memory.
///
/// @param shape its axes, all ≥ 0
/// @param data its elements in row-major order, little-endian, from position 0 to the limit; read only
public record Tensor(String name, DType dtype, List<Long> shape, ByteBuffer data) {
    /// @throws IllegalArgumentException if the bytes are not as many as the shape says
    public Tensor {
        shape = List.copyOf(shape);
        data = data.slice().asReadOnlyBuffer().order(ByteOrder.LITTLE_ENDIAN);
        long expected = bytes(dtype, shape);
        if (data.remaining() != expected) {
            throw new IllegalArgumentException(
                    "tensor %s: %s %s is %d bytes, found %d"
                            .formatted(name, dtype, shape, expected, data.remaining()));
        }
    }

    /// A view of its own position, so that readers do not disturb each other.
    @Override
    public ByteBuffer data() {
        return data.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    }

    /// Bytes that a tensor of this shape fills.
    ///
    /// @throws IllegalArgumentException if an axis is negative or the product is beyond 2^63
    public static long bytes(DType dtype, List<Long> shape) {
        long elements = 1;
        for (long axis : shape) {
            if (axis < 0) {
                throw new IllegalArgumentException("an axis is negative in " + shape);
            }
            try {
                elements = Math.multiplyExact(elements, axis);
            } catch (ArithmeticException _) {
                throw new IllegalArgumentException("too many elements in " + shape);
            }
        }
        try {
            return Math.multiplyExact(elements, dtype.bytes());
        } catch (ArithmeticException _) {
            throw new IllegalArgumentException("too many elements in " + shape);
        }
    }
}
