package dev.kiln.adapter.dense;

import dev.kiln.adapter.engine.Engine;
import dev.kiln.adapter.engine.EngineTensor;
import dev.kiln.adapter.engine.Faces;
import dev.kiln.core.model.DType;
import dev.kiln.core.model.TensorSpec;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.util.List;

/// One dense layer in plain Java, summed in double precision: the oracle for engines with a native library.
///
/// **Threads:** any, several at once.
public final class DenseEngine implements Engine {
    private final float[] weights;
    private final float[] bias;
    private final int width;

    /// A layer `y = relu(x · weights + bias)`.
    ///
    /// @param weights row-major, as many rows as `x` has columns
    public DenseEngine(float[] weights, float[] bias) {
        this.weights = weights.clone();
        this.bias = bias.clone();
        this.width = weights.length / bias.length;
    }

    @Override
    public String version() {
        return "java-" + Runtime.version().feature();
    }

    @Override
    public String device() {
        return "cpu";
    }

    @Override
    public List<TensorSpec> inputs() {
        return List.of(new TensorSpec("x", DType.FP32, List.of(-1L, (long) width)));
    }

    @Override
    public List<TensorSpec> outputs() {
        return List.of(new TensorSpec("y", DType.FP32, List.of(-1L, (long) bias.length)));
    }

    @Override
    public boolean shareable() {
        return true;
    }

    @Override
    public List<EngineTensor> run(List<EngineTensor> inputs, Arena arena) {
        EngineTensor x = Faces.inOrder(inputs(), inputs).getFirst();
        long rows = x.shape().getFirst();
        var y = EngineTensor.allocate(arena, "y", DType.FP32, List.of(rows, (long) bias.length));
        for (long row = 0; row < rows; row++) {
            for (int column = 0; column < bias.length; column++) {
                double sum = bias[column];
                for (int i = 0; i < width; i++) {
                    sum +=
                            (double) x.data().getAtIndex(ValueLayout.JAVA_FLOAT, row * width + i)
                                    * weights[i * bias.length + column];
                }
                y.data()
                        .setAtIndex(
                                ValueLayout.JAVA_FLOAT,
                                row * bias.length + column,
                                (float) Math.max(0, sum));
            }
        }
        return List.of(y);
    }

    @Override
    public void close() {}
}
