package dev.kiln.adapter.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import dev.kiln.adapter.engine.Placement;
import dev.kiln.core.model.ModelFault;
import java.nio.FloatBuffer;
import java.util.Map;

/// A matrix product whose every element is known exactly: the least that a device must get right before a model is
/// trusted to it.
///
/// The factors are small whole numbers, so that no precision that a GPU may choose for float32 can round.
public final class GoldenProduct {
    private static final int SIDE = 128;
    private static final int FLOAT = 1;

    private GoldenProduct() {}

    /// What came of it.
    ///
    /// @param placement where it ran, by the session's own profile
    /// @param micros the second run's time, copies in and out included
    public record Product(Placement placement, long micros) {}

    /// Multiplies on a device.
    ///
    /// @param device `cpu`, or `cuda:0` and the like
    /// @throws ModelFault if the device cannot be had, or an element came out wrong
    public static Product compute(String device) throws ModelFault {
        OpenSession open = Sessions.open(graph(), device);
        float[] left = factor(3);
        float[] right = factor(5);
        long[] shape = {SIDE, SIDE};
        try (var a =
                        OnnxTensor.createTensor(
                                Sessions.environment(), FloatBuffer.wrap(left), shape);
                var b =
                        OnnxTensor.createTensor(
                                Sessions.environment(), FloatBuffer.wrap(right), shape)) {
            long tookNanos = 0;
            for (int i = 0; i < 2; i++) {
                long beganTick = System.nanoTime();
                try (var result = open.session().run(Map.of("a", a, "b", b))) {
                    tookNanos = System.nanoTime() - beganTick;
                    check((OnnxTensor) result.get(0), left, right, device);
                }
            }
            return new Product(open.placement(), tookNanos / 1000);
        } catch (OrtException e) {
            throw new ModelFault(
                    "ONNX Runtime cannot multiply on " + device + ": " + e.getMessage(), e);
        } finally {
            open.close();
        }
    }

    private static float[] factor(int step) {
        float[] values = new float[SIDE * SIDE];
        for (int i = 0; i < values.length; i++) {
            values[i] = (i * step) % 7 - 3;
        }
        return values;
    }

    private static void check(OnnxTensor product, float[] left, float[] right, String device)
            throws ModelFault {
        FloatBuffer found = product.getFloatBuffer();
        for (int row = 0; row < SIDE; row++) {
            for (int column = 0; column < SIDE; column++) {
                float expected = 0;
                for (int k = 0; k < SIDE; k++) {
                    expected += left[row * SIDE + k] * right[k * SIDE + column];
                }
                float got = found.get(row * SIDE + column);
                if (got != expected) {
                    throw new ModelFault(
                            "%s multiplies wrongly: element [%d,%d] is %s, must be %s"
                                    .formatted(device, row, column, got, expected));
                }
            }
        }
    }

    /// An ONNX file of one `MatMul` of `a` and `b`, in the protocol buffer's own numbers.
    private static OnnxGraph graph() {
        var node =
                new ProtoMessage().text(1, "a").text(1, "b").text(2, "product").text(4, "MatMul");
        var body =
                new ProtoMessage()
                        .message(1, node)
                        .text(2, "product")
                        .message(11, matrix("a"))
                        .message(11, matrix("b"))
                        .message(12, matrix("product"));
        return GraphFile.of(body);
    }

    private static ProtoMessage matrix(String name) {
        var axis = new ProtoMessage().number(1, SIDE);
        var shape = new ProtoMessage().message(1, axis).message(1, axis);
        var tensor = new ProtoMessage().number(1, FLOAT).message(2, shape);
        return new ProtoMessage().text(1, name).message(2, new ProtoMessage().message(1, tensor));
    }
}
