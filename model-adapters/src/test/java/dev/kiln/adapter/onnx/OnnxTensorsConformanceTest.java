package dev.kiln.adapter.onnx;

import dev.kiln.adapter.AdapterConformance;
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
import java.util.List;
import java.util.stream.IntStream;

class OnnxTensorsConformanceTest extends AdapterConformance {
    private static final byte[] DENSE =
            OnnxFile.dense(new float[] {1, 2, 3, 4, 5, 6}, new float[] {0.5f, -10});

    @Override
    protected ModelAdapter open() throws Exception {
        var engine = OnnxEngine.open(ByteBuffer.allocateDirect(DENSE.length).put(DENSE).flip());
        var golden =
                new Sample(
                        "ones",
                        new ModelInput.Tensors(List.of(floats("x", List.of(1L, 3L), 1, 1, 1))),
                        new ModelOutput.Tensors(List.of(floats("y", List.of(1L, 2L), 9.5f, 2))),
                        1e-6);
        return KindAdapter.open(
                new RawTensors(engine.inputs(), engine.outputs()),
                engine,
                new KindAdapter.Identity("dense", "0".repeat(64), "cpu"),
                List.of(golden));
    }

    @Override
    protected List<ModelInput> inputs() {
        return IntStream.of(2, 1, 7, 1, 3, 30)
                .<ModelInput>mapToObj(rows -> {
                    float[] elements = new float[rows * 3];
                    for (int i = 0; i < elements.length; i++) {
                        elements[i] = (float) Math.sin(rows + i);
                    }
                    return new ModelInput.Tensors(
                            List.of(floats("x", List.of((long) rows, 3L), elements)));
                })
                .toList();
    }

    @Override
    protected double tolerance() {
        return 1e-5;
    }

    @Override
    protected float[] numbers(ModelOutput output) {
        var buffer =
                output.as(ModelOutput.Tensors.class).tensors().getFirst().data().asFloatBuffer();
        float[] numbers = new float[buffer.remaining()];
        buffer.get(numbers);
        return numbers;
    }

    private static Tensor floats(String name, List<Long> shape, float... elements) {
        var bytes = ByteBuffer.allocate(elements.length * 4).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(elements);
        return new Tensor(name, DType.FP32, shape, bytes);
    }
}
