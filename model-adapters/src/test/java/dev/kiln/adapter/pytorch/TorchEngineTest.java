package dev.kiln.adapter.pytorch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import dev.kiln.adapter.engine.EngineTensor;
import dev.kiln.adapter.engine.Placement;
import dev.kiln.core.model.DType;
import dev.kiln.core.model.ModelFault;
import dev.kiln.core.model.TensorSpec;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;

class TorchEngineTest {
    private static final TensorSpec X = new TensorSpec("x", DType.FP32, List.of(-1L, 3L));
    private static final TensorSpec Y = new TensorSpec("y", DType.FP32, List.of(-1L, 2L));
    private static final TorchFace DENSE_FACE =
            new TorchFace("forward", List.of(X), Set.of(), List.of(Y));
    private static final byte[] DENSE =
            TorchFile.dense(new float[] {1, 2, 3, 4, 5, 6}, new float[] {0.5f, -100});

    @Test
    void aModuleRunsAndItsOutputsLieInTheBatchesArena() throws ModelFault {
        try (var engine = open(DENSE, DENSE_FACE)) {
            EngineTensor output;
            try (var arena = Arena.ofConfined()) {
                var x = floats(arena, List.of(2L, 3L), 1, 1, 1, 10, 10, 10);
                output = engine.run(List.of(x), arena).getFirst();

                assertThat(output.name()).isEqualTo("y");
                assertThat(output.shape()).containsExactly(2L, 2L);
                assertThat(output.data().toArray(ValueLayout.JAVA_FLOAT))
                        .containsExactly(9.5f, 0, 90.5f, 20);
            }
            assertThat(output.data().scope().isAlive()).isFalse();
            assertThat(engine.version()).isEqualTo("pytorch-2.7.1");
            assertThat(engine.device()).isEqualTo("cpu");
            assertThat(engine.placement()).isEqualTo(new Placement("cpu", Placement.UNKNOWN));
        }
    }

    @Test
    void tuplesListsAndDictionariesAreOutputs() throws ModelFault {
        var second = new TensorSpec("z", DType.FP32, List.of(-1L, 3L));
        var face = new TorchFace("forward", List.of(X), Set.of(), List.of(second, X));
        String two = "a = torch.neg(x)";
        for (String[] returned :
                new String[][] {
                    {"Tuple[Tensor, Tensor]", "return (a, x)"},
                    {"List[Tensor]", "return [a, x]"},
                    {"Dict[str, Tensor]", "return {\"x\": x, \"z\": a}"}
                }) {
            byte[] module =
                    new TorchFile()
                            .method("forward", "x: Tensor", returned[0], two, returned[1])
                            .bytes();
            try (var engine = open(module, face);
                    var arena = Arena.ofConfined()) {
                var outputs = engine.run(List.of(floats(arena, List.of(1L, 3L), 1, 2, 3)), arena);

                assertThat(outputs).extracting(EngineTensor::name).containsExactly("z", "x");
                assertThat(outputs.getFirst().data().toArray(ValueLayout.JAVA_FLOAT))
                        .containsExactly(-1, -2, -3);
            }
        }
    }

    @Test
    void aMethodMayHaveAnotherNameAndTakeAPlainNumber() throws ModelFault {
        byte[] module =
                new TorchFile()
                        .method("scaled", "x: Tensor, by: int", "Tensor", "return torch.mul(x, by)")
                        .bytes();
        var by = new TensorSpec("by", DType.INT64, List.of());
        var face = new TorchFace("scaled", List.of(X, by), Set.of("by"), List.of(X));
        try (var engine = open(module, face);
                var arena = Arena.ofConfined()) {
            var three = EngineTensor.allocate(arena, "by", DType.INT64, List.of());
            three.data().set(ValueLayout.JAVA_LONG, 0, 3);
            var x = floats(arena, List.of(1L, 3L), 1, 2, 3);

            assertThat(
                            engine.run(List.of(three, x), arena)
                                    .getFirst()
                                    .data()
                                    .toArray(ValueLayout.JAVA_FLOAT))
                    .containsExactly(3, 6, 9);
        }
    }

    @Test
    void aModuleThatKeepsItsInputIsGivenACopy() throws ModelFault {
        byte[] module =
                new TorchFile()
                        .weights("last", new float[3], 1, 3)
                        .method(
                                "forward",
                                "x: Tensor",
                                "Tensor",
                                "before = self.last",
                                "self.last = x",
                                "return before")
                        .bytes();
        var face = new TorchFace("forward", List.of(X), Set.of(), List.of(X));
        try (var engine = open(module, face)) {
            float[] before = {0, 0, 0};
            for (int run = 1; run <= 20; run++) {
                float[] now = {run, run, run};
                try (var arena = Arena.ofConfined()) {
                    var x = floats(arena, List.of(1L, 3L), now);

                    assertThat(
                                    engine.run(List.of(x), arena)
                                            .getFirst()
                                            .data()
                                            .toArray(ValueLayout.JAVA_FLOAT))
                            .containsExactly(before);
                    Arrays.fill(before, run);
                    x.data().fill((byte) -1);
                }
            }
        }
    }

    @Test
    void aModuleThatKeepsStateIsRunByOneThreadAtATime() throws Exception {
        byte[] counter =
                new TorchFile()
                        .weights("count", new float[1], 1, 1)
                        .method(
                                "forward",
                                "x: Tensor",
                                "Tensor",
                                "self.count = torch.add(self.count, x)",
                                "return self.count")
                        .bytes();
        var one = new TensorSpec("x", DType.FP32, List.of(1L, 1L));
        var face = new TorchFace("forward", List.of(one), Set.of(), List.of(one));
        try (var engine = open(counter, face);
                var threads = Executors.newFixedThreadPool(4)) {
            Callable<Float> run =
                    () -> {
                        try (var arena = Arena.ofConfined()) {
                            var x = floats(arena, List.of(1L, 1L), 1);
                            return engine.run(List.of(x), arena)
                                    .getFirst()
                                    .data()
                                    .get(ValueLayout.JAVA_FLOAT, 0);
                        }
                    };
            List<Float> counts = new ArrayList<>();
            for (var count : threads.invokeAll(Collections.nCopies(200, run))) {
                counts.add(count.get());
            }

            assertThat(counts).doesNotHaveDuplicates().hasSize(200);
        }
    }

    @Test
    void aGpuIsAFaultWherePyTorchHasNoCuda() {
        assertThatThrownBy(() -> open(DENSE, DENSE_FACE, 1, "cuda:0"))
                .isInstanceOf(ModelFault.class)
                .hasMessageStartingWith(
                        "PyTorch's native library has no CUDA here, so it cannot use cuda:0");
    }

    @Test
    void whereAModuleComputesIsReadFromItsParametersOrElseFromItsOutput() {
        Device gpu = Device.gpu(1);

        assertThat(TorchDevice.placement(Map.of(gpu, 90L, Device.cpu(), 10L), null, gpu))
                .isEqualTo(new Placement("cuda:1", 90));
        assertThat(TorchDevice.placement(Map.of(gpu, 10L, Device.cpu(), 90L), null, gpu))
                .isEqualTo(new Placement("cpu", Placement.UNKNOWN));
        assertThat(TorchDevice.placement(Map.of(), gpu, gpu))
                .isEqualTo(new Placement("cuda:1", 100));
        assertThat(TorchDevice.placement(Map.of(), Device.cpu(), gpu).device()).isEqualTo("cpu");
        assertThatThrownBy(() -> TorchDevice.placement(Map.of(), null, gpu).believed())
                .hasMessageContaining("so cuda:1 is not believed");
    }

    @Test
    void whatCannotBeLoadedIsAFault() {
        byte[] half = Arrays.copyOf(DENSE, DENSE.length / 2);
        assertThatThrownBy(() -> open(half, DENSE_FACE))
                .isInstanceOf(ModelFault.class)
                .hasMessageContaining("PyTorch cannot load the module")
                .hasMessageContaining("cut off");

        byte[] unknownOperator =
                new TorchFile()
                        .method("forward", "x: Tensor", "Tensor", "return ops.clay.fire(x)")
                        .bytes();
        assertThatThrownBy(() -> open(unknownOperator, DENSE_FACE))
                .isInstanceOf(ModelFault.class)
                .hasMessageContaining("PyTorch cannot load the module")
                .hasMessageContaining("clay::fire");

        var face = new TorchFace("fire", List.of(X), Set.of(), List.of(Y));
        assertThatThrownBy(() -> open(DENSE, face))
                .isInstanceOf(ModelFault.class)
                .hasMessageContaining("no method fire; it has forward");
    }

    @Test
    void anOutputThatIsNotWhatWasDeclaredIsAFaultAndTheEngineStaysUsable() throws ModelFault {
        var wrong = new TensorSpec("y", DType.FP32, List.of(-1L, 5L));
        var face = new TorchFace("forward", List.of(X), Set.of(), List.of(wrong));
        try (var engine = open(DENSE, face);
                var arena = Arena.ofConfined()) {
            var x = List.of(floats(arena, List.of(1L, 3L), 1, 2, 3));
            for (int run = 0; run < 2; run++) {
                assertThatThrownBy(() -> engine.run(x, arena))
                        .isInstanceOf(ModelFault.class)
                        .hasMessage("output y is FP32 [1, 2], the model declares FP32 [-1, 5]");
            }
        }
    }

    @Test
    void whatAModuleThrowsIsAFault() throws ModelFault {
        var wide = new TensorSpec("x", DType.FP32, List.of(-1L, -1L));
        var face = new TorchFace("forward", List.of(wide), Set.of(), List.of(Y));
        try (var engine = open(DENSE, face);
                var arena = Arena.ofConfined()) {
            assertThatThrownBy(
                            () -> engine.run(List.of(floats(arena, List.of(1L, 2L), 1, 2)), arena))
                    .isInstanceOf(ModelFault.class)
                    .hasMessageStartingWith("PyTorch failed: ");
        }
    }

    private static TorchEngine open(byte[] module, TorchFace face) throws ModelFault {
        return open(module, face, 1);
    }

    static TorchEngine open(byte[] module, TorchFace face, int threads) throws ModelFault {
        return open(module, face, threads, "cpu");
    }

    private static TorchEngine open(byte[] module, TorchFace face, int threads, String device)
            throws ModelFault {
        try (var arena = Arena.ofConfined()) {
            MemorySegment archive =
                    arena.allocate(module.length).copyFrom(MemorySegment.ofArray(module));
            return TorchEngine.open(
                    archive, face, threads, Path.of("target", "test-cache", "natives"), device);
        }
    }

    private static EngineTensor floats(Arena arena, List<Long> shape, float... elements) {
        var tensor = EngineTensor.allocate(arena, "x", DType.FP32, shape);
        tensor.data().copyFrom(MemorySegment.ofArray(elements));
        return tensor;
    }
}
