package dev.kiln.adapter.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kiln.adapter.engine.EngineTensor;
import dev.kiln.core.model.DType;
import dev.kiln.core.model.ModelFault;
import dev.kiln.core.model.Stop;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class StoppableRunTest {
    private static final List<String> MUCH =
            Collections.nCopies(64, "A kiln is loaded in batches and fired. ".repeat(20));

    private interface Work {
        void run() throws ModelFault;
    }

    private static double seconds(Work work) throws ModelFault {
        long began = System.nanoTime();
        work.run();
        return (System.nanoTime() - began) / 1e9;
    }

    /// Runs it with something that stops it after so long.
    private static void stopped(Stop stop, double afterSeconds, Work work) throws Exception {
        Thread stopping =
                Thread.ofPlatform()
                        .start(() -> {
                            try {
                                TimeUnit.NANOSECONDS.sleep((long) (afterSeconds * 1e9));
                                stop.ask();
                            } catch (InterruptedException e) {
                                Thread.currentThread().interrupt();
                            }
                        });
        try {
            stop.over(() -> {
                work.run();
                return null;
            });
        } finally {
            stopping.join();
        }
    }

    @Test
    void anEmbeddersRunEndsSoonAndTheNextComesOutRight() throws Exception {
        try (OnnxEmbedder model = EmbeddedMinilm.open(128, List.of())) {
            Work work = () -> EmbeddedMinilm.embed(model, MUCH);
            List<float[]> before = vectors(model);
            double whole = seconds(work);

            double until =
                    seconds(() ->
                            assertThatThrownBy(() -> stopped(new Stop(), whole / 10, work))
                                    .isInstanceOf(ModelFault.class)
                                    .hasMessageContaining("terminate"));

            assertThat(until).isLessThan(0.7 * whole);
            assertThat(vectors(model)).usingRecursiveComparison().isEqualTo(before);
        }
    }

    private static List<float[]> vectors(OnnxEmbedder model) throws ModelFault {
        return EmbeddedMinilm.embed(model, List.of("clay")).stream()
                .map(embedding -> embedding.vector())
                .toList();
    }

    @Test
    void anyGraphsRunThatWasStoppedBeforeItBeganDoesNotBegin() throws Exception {
        var file = new OnnxFile().input("x", OnnxFile.FLOAT, "n", 256).output("x200", 1, "n", 256);
        file.weights("w", new float[256 * 256], 256, 256);
        for (int i = 0; i < 200; i++) {
            file.node("MatMul", List.of(i == 0 ? "x" : "x" + i, "w"), "x" + (i + 1));
        }
        byte[] bytes = file.bytes();
        var direct = ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
        try (var engine = OnnxEngine.open(OnnxGraph.alone(direct));
                var arena = Arena.ofShared()) {
            List<EngineTensor> inputs =
                    List.of(EngineTensor.allocate(arena, "x", DType.FP32, List.of(2048L, 256L)));
            Work work = () -> engine.run(inputs, arena);
            double whole = seconds(work);
            var stop = new Stop();
            stop.ask();

            double until =
                    seconds(() ->
                            assertThatThrownBy(() -> stop.over(() -> engine.run(inputs, arena)))
                                    .isInstanceOf(ModelFault.class)
                                    .hasMessageContaining("terminate"));

            assertThat(until).isLessThan(0.5 * whole);
            work.run();
        }
    }

    @Test
    void aRunOnTheProcessorAloneIsToldToStop() throws Exception {
        assertThat(told("cpu")).isTrue();
        assertThat(told("cuda:0")).isFalse();
    }

    private static boolean told(String device) throws Exception {
        var stop = new Stop();
        stop.over(() -> {
            try (var _ = new StoppableRun(device)) {
                stop.ask();
            }
            return null;
        });
        return stop.told();
    }
}
