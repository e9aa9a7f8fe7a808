package dev.kiln.adapter.engine;

import dev.kiln.core.model.DType;
import dev.kiln.core.model.Tensor;
import dev.kiln.core.model.TensorSpec;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/// A tensor in the native memory of one batch. It dies with the arena it was allocated in; nobody has to free it.
///
/// @param shape its axes, all ≥ 0
/// @param data its elements in row-major order, the machine's byte order
public record EngineTensor(String name, DType dtype, List<Long> shape, MemorySegment data) {
    /// What SIMD loads like best, bytes.
    private static final long ALIGNMENT = 64;

    /// @throws IllegalArgumentException if the bytes are not as many as the shape says, or lie on the heap
    public EngineTensor {
        shape = List.copyOf(shape);
        long expected = Tensor.bytes(dtype, shape);
        if (data.byteSize() != expected) {
            throw new IllegalArgumentException(
                    "tensor %s: %s %s is %d bytes, found %d"
                            .formatted(name, dtype, shape, expected, data.byteSize()));
        }
        if (!data.isNative()) {
            throw new IllegalArgumentException(
                    "tensor %s lies on the heap, engines read native memory".formatted(name));
        }
    }

    /// A tensor of zeros, to be filled through [#data].
    public static EngineTensor allocate(Arena arena, String name, DType dtype, List<Long> shape) {
        return new EngineTensor(
                name, dtype, shape, arena.allocate(Tensor.bytes(dtype, shape), ALIGNMENT));
    }

    /// The tensor's bytes as a buffer of the machine's byte order; at most 2 GiB.
    public ByteBuffer buffer() {
        return data.asByteBuffer().order(ByteOrder.nativeOrder());
    }

    /// Elements in all.
    public long elements() {
        return data.byteSize() / dtype.bytes();
    }

    /// Whether name, element and axes are what a model declares; an axis of -1 takes any length.
    public boolean fits(TensorSpec spec) {
        if (!name.equals(spec.name())
                || dtype != spec.dtype()
                || shape.size() != spec.shape().size()) {
            return false;
        }
        for (int axis = 0; axis < shape.size(); axis++) {
            long declared = spec.shape().get(axis);
            if (declared != -1 && declared != shape.get(axis)) {
                return false;
            }
        }
        return true;
    }
}
