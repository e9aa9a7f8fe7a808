package dev.kiln.adapter.kind;

import dev.kiln.core.model.DType;
import dev.kiln.core.model.Tensor;
import java.nio.ByteBuffer;
import java.util.List;

/// How far tensors are from each other.
final class TensorDistance {
    private TensorDistance() {}

    /// The largest absolute difference of an element; infinite if names, types or shapes differ, or one is NaN.
    static double of(List<Tensor> ones, List<Tensor> others) {
        double worst = 0;
        for (int i = 0; i < ones.size(); i++) {
            Tensor one = ones.get(i);
            Tensor other = others.get(i);
            if (!one.name().equals(other.name())
                    || one.dtype() != other.dtype()
                    || !one.shape().equals(other.shape())) {
                return Double.POSITIVE_INFINITY;
            }
            worst = Math.max(worst, of(one, other));
        }
        return worst;
    }

    private static double of(Tensor one, Tensor other) {
        ByteBuffer left = one.data();
        ByteBuffer right = other.data();
        double worst = 0;
        while (left.hasRemaining()) {
            double difference = next(one.dtype(), left) - next(one.dtype(), right);
            worst = worse(worst, Math.abs(difference));
        }
        return worst;
    }

    static double worse(double one, double other) {
        return Double.isNaN(other) ? Double.POSITIVE_INFINITY : Math.max(one, other);
    }

    private static double next(DType dtype, ByteBuffer data) {
        return switch (dtype) {
            case BOOL, INT8 -> data.get();
            case UINT8 -> Byte.toUnsignedInt(data.get());
            case INT16 -> data.getShort();
            case INT32 -> data.getInt();
            case INT64 -> data.getLong();
            case FP16 -> Float.float16ToFloat(data.getShort());
            case FP32 -> data.getFloat();
            case FP64 -> data.getDouble();
        };
    }
}
