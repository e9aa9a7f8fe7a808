package dev.kiln.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.adapter.dense.DenseEngine;
import dev.kiln.adapter.engine.Engine;
import dev.kiln.adapter.kind.Golden;
import dev.kiln.adapter.kind.KindAdapter;
import dev.kiln.adapter.kind.RawTensors;
import dev.kiln.adapter.kind.Sample;
import dev.kiln.core.model.DType;
import dev.kiln.core.model.ModelAdapter;
import dev.kiln.core.model.ModelInput;
import dev.kiln.core.model.ModelOutput;
import dev.kiln.core.model.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// One dense layer, `relu(x · w + b)`, as raw tensors on every engine: what the conformance suite demands, and the same
/// numbers as the plain Java engine gives.
public abstract class DenseConformance extends AdapterConformance {
    protected static final int WIDTH = 24;
    protected static final int HEIGHT = 10;

    /// `WIDTH` by `HEIGHT`.
    protected static final float[] WEIGHTS = numbers(7, WIDTH * HEIGHT);

    protected static final float[] BIAS = numbers(8, HEIGHT);

    /// An engine with this layer, input `x`, output `y`.
    protected abstract Engine engine() throws Exception;

    @Override
    protected final ModelAdapter open() throws Exception {
        return adapter(engine());
    }

    @Override
    protected final List<ModelInput> inputs() {
        List<ModelInput> inputs = new ArrayList<>();
        for (int rows : new int[] {2, 1, 7, 1, 3, 30}) {
            inputs.add(input(rows, rows));
        }
        return inputs;
    }

    @Override
    protected final ModelInput memoryProbe() {
        return input(30, 1);
    }

    /// Rows are summed in an order that may depend on how many there are.
    @Override
    protected final double tolerance() {
        return 1e-5;
    }

    @Override
    protected final float[] numbers(ModelOutput output) {
        var buffer =
                output.as(ModelOutput.Tensors.class).tensors().getFirst().data().asFloatBuffer();
        float[] numbers = new float[buffer.remaining()];
        buffer.get(numbers);
        return numbers;
    }

    @Test
    void itAgreesWithPlainJava() throws Exception {
        try (var tried = open();
                var oracle = adapter(new DenseEngine(WEIGHTS, BIAS))) {
            for (int rows = 1; rows < 40; rows++) {
                ModelInput input = input(rows, 100 + rows);
                ModelOutput expected = oracle.run(List.of(oracle.prepare(input))).getFirst();
                ModelOutput found = tried.run(List.of(tried.prepare(input))).getFirst();

                assertThat(Golden.distance(expected, found)).isLessThan(1e-5);
            }
        }
    }

    private static ModelAdapter adapter(Engine engine) throws Exception {
        ModelInput input = input(2, 1);
        ModelOutput expected;
        try (var oracle = unproved(new DenseEngine(WEIGHTS, BIAS), List.of())) {
            expected = oracle.run(List.of(oracle.prepare(input))).getFirst();
        }
        return unproved(engine, List.of(new Sample("two rows", input, expected, 1e-5)));
    }

    private static ModelAdapter unproved(Engine engine, List<Sample> golden) throws Exception {
        return KindAdapter.open(
                new RawTensors(engine.inputs(), engine.outputs()),
                engine,
                new KindAdapter.Identity("dense", "0".repeat(64), "cpu"),
                golden);
    }

    private static ModelInput input(int rows, long seed) {
        var bytes = ByteBuffer.allocate(rows * WIDTH * 4).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(numbers(seed, rows * WIDTH));
        return new ModelInput.Tensors(
                List.of(new Tensor("x", DType.FP32, List.of((long) rows, (long) WIDTH), bytes)));
    }

    private static float[] numbers(long seed, int count) {
        var random = new Random(seed);
        float[] numbers = new float[count];
        for (int i = 0; i < count; i++) {
            numbers[i] = (float) random.nextGaussian();
        }
        return numbers;
    }
}
