package dev.kiln.adapter.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kiln.adapter.engine.EngineTensor;
import dev.kiln.core.model.DType;
import dev.kiln.core.model.ModelFault;
import dev.kiln.core.model.TensorSpec;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class OnnxEngineTest {
    private static final byte[] DENSE =
            OnnxFile.dense(new float[] {1, 2, 3, 4, 5, 6}, new float[] {0.5f, -100});

    @Test
    void aGraphTellsItsFace() throws ModelFault {
        try (var engine = open(DENSE)) {
            assertThat(engine.inputs())
                    .containsExactly(new TensorSpec("x", DType.FP32, List.of(-1L, 3L)));
            assertThat(engine.outputs())
                    .containsExactly(new TensorSpec("y", DType.FP32, List.of(-1L, 2L)));
            assertThat(engine.version()).matches("onnxruntime-[0-9.]+");
        }
    }

    @Test
    void outputsLieInTheBatchesArena() throws ModelFault {
        try (var engine = open(DENSE)) {
            EngineTensor output;
            try (var arena = Arena.ofConfined()) {
                output =
                        engine.run(
                                        List.of(
                                                floats(
                                                        arena,
                                                        List.of(2L, 3L),
                                                        1,
                                                        1,
                                                        1,
                                                        10,
                                                        10,
                                                        10)),
                                        arena)
                                .getFirst();

                assertThat(output.shape()).containsExactly(2L, 2L);
                assertThat(output.data().toArray(ValueLayout.JAVA_FLOAT))
                        .containsExactly(9.5f, 0, 90.5f, 20);
            }
            assertThat(output.data().scope().isAlive()).isFalse();
        }
    }

    @Test
    void anAxisThatOnlyTheRunKnowsComesOutRight() throws ModelFault {
        byte[] nonZero =
                new OnnxFile()
                        .input("x", OnnxFile.FLOAT, "n")
                        .output("where", OnnxFile.INT64, 1, "found")
                        .node("NonZero", List.of("x"), "where")
                        .bytes();
        try (var engine = open(nonZero);
                var arena = Arena.ofConfined()) {
            EngineTensor where =
                    engine.run(List.of(floats(arena, List.of(5L), 0, 0, 7, 0, 7)), arena)
                            .getFirst();

            assertThat(where.shape()).containsExactly(1L, 2L);
            assertThat(where.data().toArray(ValueLayout.JAVA_LONG)).containsExactly(2, 4);
        }
    }

    @Test
    void aGraphThatNamesTwoAxesAlikeStillRuns() throws ModelFault {
        byte[] misnamed =
                new OnnxFile()
                        .input("x", OnnxFile.FLOAT, "n")
                        .output("where", OnnxFile.INT64, 1, "n")
                        .node("NonZero", List.of("x"), "where")
                        .bytes();
        try (var engine = open(misnamed);
                var arena = Arena.ofConfined()) {
            for (int run = 0; run < 2; run++) {
                EngineTensor where =
                        engine.run(List.of(floats(arena, List.of(3L), 0, 0, 7)), arena).getFirst();

                assertThat(where.shape()).containsExactly(1L, 1L);
            }
        }
    }

    @Test
    void inputsThatTheModelDoesNotDeclareAreRefused() throws ModelFault {
        try (var engine = open(DENSE);
                var arena = Arena.ofConfined()) {
            var x = floats(arena, List.of(1L, 3L), 1, 2, 3);

            assertThatThrownBy(() -> engine.run(List.of(), arena)).hasMessage("input x is missing");
            assertThatThrownBy(() -> engine.run(List.of(x, x), arena))
                    .hasMessage("the model takes 1 inputs, 2 were given");
            assertThatThrownBy(
                            () -> engine.run(List.of(floats(arena, List.of(1L, 2L), 1, 2)), arena))
                    .hasMessage("input x is FP32 [1, 2], the model declares FP32 [-1, 3]");
        }
    }

    @Test
    void aFileThatIsCutOffIsAFault() {
        ByteBuffer half = direct(DENSE).limit(DENSE.length / 2);

        assertThatThrownBy(() -> OnnxEngine.open(OnnxGraph.alone(half)))
                .isInstanceOf(ModelFault.class)
                .hasMessageContaining("ONNX Runtime cannot load the graph");
    }

    /// The files beside a graph are unmapped once it is loaded; whoever looked there later would crash.
    @Test
    void weightsBesideTheGraphAreNotLookedAtOnceItIsLoaded() throws Exception {
        var graph = ByteBuffer.wrap(resource("model.onnx"));
        byte[] weights = resource("model.onnx.data");
        try (var arena = Arena.ofConfined();
                var files = Arena.ofConfined()) {
            var file =
                    files.allocate(graph.remaining(), 64).copyFrom(MemorySegment.ofBuffer(graph));
            var beside =
                    files.allocate(weights.length, 64).copyFrom(MemorySegment.ofArray(weights));
            var x = floats(arena, List.of(1L, 8L), 1, 2, 3, 4, 5, 6, 7, 8);
            try (var engine =
                    OnnxEngine.open(
                            new OnnxGraph(
                                    file.asByteBuffer(), Map.of("model.onnx.data", beside)))) {
                float[] before = numbers(engine.run(List.of(x), arena));
                beside.fill((byte) 0);
                file.fill((byte) 0);

                assertThat(before).doesNotContain(0);
                assertThat(numbers(engine.run(List.of(x), arena))).isEqualTo(before);
            }
        }
    }

    private static byte[] resource(String name) throws Exception {
        try (var in = OnnxEngineTest.class.getResourceAsStream("/external/" + name)) {
            return Objects.requireNonNull(in, name).readAllBytes();
        }
    }

    private static float[] numbers(List<EngineTensor> outputs) {
        return outputs.getFirst().data().toArray(ValueLayout.JAVA_FLOAT);
    }

    @Test
    void closingTwiceDoesNothingMore() throws ModelFault {
        var engine = open(DENSE);
        engine.close();
        engine.close();

        assertThat(engine.device()).isEqualTo("cpu");
    }

    private static OnnxEngine open(byte[] graph) throws ModelFault {
        return OnnxEngine.open(OnnxGraph.alone(direct(graph)));
    }

    private static ByteBuffer direct(byte[] bytes) {
        return ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
    }

    private static EngineTensor floats(Arena arena, List<Long> shape, float... elements) {
        var tensor = EngineTensor.allocate(arena, "x", DType.FP32, shape);
        tensor.data().copyFrom(MemorySegment.ofArray(elements));
        return tensor;
    }
}
