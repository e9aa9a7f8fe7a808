package dev.kiln.core.swap;

import dev.kiln.core.model.ModelOutput;
import dev.kiln.core.model.Tensor;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/// The numbers in what a model gave.
final class Outputs {
    private Outputs() {}

    /// Whether every number of every output is finite.
    static boolean finite(List<ModelOutput> outputs) {
        for (ModelOutput output : outputs) {
            for (double number : numbers(output)) {
                if (!Double.isFinite(number)) {
                    return false;
                }
            }
        }
        return true;
    }

    /// What callers read of an output, in its order.
    static double[] numbers(ModelOutput output) {
        return switch (output) {
            case ModelOutput.Embedding embedding -> wide(embedding.vector());
            case ModelOutput.Classes classes -> wide(classes.probabilities());
            case ModelOutput.Speech speech -> wide(speech.probabilities());
            case ModelOutput.Tensors tensors -> numbers(tensors.tensors());
        };
    }

    private static double[] wide(float[] numbers) {
        double[] wide = new double[numbers.length];
        for (int i = 0; i < numbers.length; i++) {
            wide[i] = numbers[i];
        }
        return wide;
    }

    private static double[] numbers(List<Tensor> tensors) {
        List<Double> all = new ArrayList<>();
        for (Tensor tensor : tensors) {
            ByteBuffer data = tensor.data();
            while (data.remaining() >= tensor.dtype().bytes()) {
                all.add(next(tensor, data));
            }
        }
        return all.stream().mapToDouble(Double::doubleValue).toArray();
    }

    private static double next(Tensor tensor, ByteBuffer data) {
        return switch (tensor.dtype()) {
            case BOOL, INT8 -> data.get();
            case UINT8 -> data.get() & 0xFF;
            case INT16 -> data.getShort();
            case INT32 -> data.getInt();
            case INT64 -> data.getLong();
            case FP16 -> Float.float16ToFloat(data.getShort());
            case FP32 -> data.getFloat();
            case FP64 -> data.getDouble();
        };
    }

    /// Of two vectors; NaN where one of them is zero.
    static double cosine(double[] a, double[] b) {
        double dot = 0;
        double aa = 0;
        double bb = 0;
        for (int i = 0; i < a.length; i++) {
            dot += a[i] * b[i];
            aa += a[i] * a[i];
            bb += b[i] * b[i];
        }
        return dot / Math.sqrt(aa * bb);
    }

    /// The place of the largest.
    static int top(double[] probabilities) {
        int top = 0;
        for (int i = 1; i < probabilities.length; i++) {
            top = probabilities[i] > probabilities[top] ? i : top;
        }
        return top;
    }
}
