package dev.kiln.adapter.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.kiln.adapter.kind.Pooling;
import dev.kiln.core.model.ModelFault;
import dev.kiln.core.model.ModelOutput;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Each function of the table is reached by running it, so a wrong place in it cannot go unseen.
class NativeRunTest {
    private static final int DIMENSION = EmbeddedMinilm.DIMENSION;
    private static final Set<String> INPUTS =
            Set.of("input_ids", "attention_mask", "token_type_ids");

    private OrtSession session;

    @BeforeEach
    void openSession() throws Exception {
        session = OrtEnvironment.getEnvironment().createSession(EmbeddedMinilm.graph());
    }

    @AfterEach
    void closeSession() throws Exception {
        session.close();
    }

    private EmbedGraph graph(String output) {
        return new EmbedGraph(INPUTS, output, DIMENSION, Pooling.MEAN, false);
    }

    private EmbedGraph graph() throws OrtException {
        return graph(session.getOutputNames().iterator().next());
    }

    private static EmbedRun.Laid laid(EmbedRun run, Arena arena, int items, int tokens)
            throws OrtException {
        long bytes = (long) items * tokens * Long.BYTES;
        MemorySegment ids = run.allocate(arena, bytes);
        MemorySegment mask = run.allocate(arena, bytes);
        for (int i = 0; i < items * tokens; i++) {
            ids.setAtIndex(ValueLayout.JAVA_LONG, i, 101 + (i * 37L) % 20_000);
            mask.setAtIndex(ValueLayout.JAVA_LONG, i, 1);
        }
        return new EmbedRun.Laid(
                items,
                tokens,
                ids,
                mask,
                run.allocate(arena, (long) items * tokens * DIMENSION * Float.BYTES));
    }

    private static float[] vectors(EmbedRun run, int items, int tokens) throws OrtException {
        try (Arena arena = Arena.ofShared()) {
            EmbedRun.Laid batch = laid(run, arena, items, tokens);
            run.run(batch);
            return batch.vectors().toArray(ValueLayout.JAVA_FLOAT);
        } finally {
            run.close();
        }
    }

    @Test
    void aBatchReadAndWrittenOnTheDeviceGivesTheSameBits() throws Exception {
        float[] expected = vectors(new JavaRun(session, graph(), "cpu"), 3, 7);
        try (var run = NativeRun.open(session, graph(), "cpu");
                var copy = run.copier();
                Arena arena = Arena.ofShared()) {
            EmbedRun.Laid host = laid(run, arena, 3, 7);
            MemorySegment ids = run.own().allocate(arena, host.ids().byteSize());
            MemorySegment mask = run.own().allocate(arena, host.mask().byteSize());
            MemorySegment vectors = run.own().allocate(arena, host.vectors().byteSize());
            copy.copy(host.ids(), run.host(), ids, run.own());
            copy.copy(host.mask(), run.host(), mask, run.own());

            run.run(new EmbedRun.Laid(3, 7, ids, mask, vectors), run.own());
            copy.copy(vectors, run.own(), host.vectors(), run.host());

            assertThat(host.vectors().toArray(ValueLayout.JAVA_FLOAT)).containsExactly(expected);
        }
    }

    @Test
    void bothInterfacesGiveTheSameBits() throws Exception {
        for (int items : List.of(1, 3, 8)) {
            for (int tokens : List.of(1, 7, 64)) {
                float[] c = vectors(NativeRun.open(session, graph(), "cpu"), items, tokens);
                float[] java = vectors(new JavaRun(session, graph(), "cpu"), items, tokens);

                assertThat(c).containsExactly(java);
            }
        }
    }

    @Test
    void embeddersOfBothInterfacesGiveTheSameBits() throws Exception {
        List<String> texts = VariedTexts.generate(60, 7);
        try (var c = EmbeddedMinilm.open(128, List.of(), RunBy.C, PoolAt.HOST);
                var java = EmbeddedMinilm.open(128, List.of(), RunBy.JAVA, PoolAt.HOST)) {
            for (int from = 0; from < texts.size(); from += 6) {
                List<String> batch = texts.subList(from, from + 6);
                List<ModelOutput.Embedding> ours = EmbeddedMinilm.embed(c, batch);
                List<ModelOutput.Embedding> theirs = EmbeddedMinilm.embed(java, batch);
                for (int i = 0; i < batch.size(); i++) {
                    assertThat(ours.get(i).vector()).containsExactly(theirs.get(i).vector());
                }
            }
        }
    }

    @Test
    void severalThreadsRunOneSessionAtOnce() throws Exception {
        float[] expected = vectors(new JavaRun(session, graph(), "cpu"), 4, 16);
        try (var run = NativeRun.open(session, graph(), "cpu");
                var threads = Executors.newFixedThreadPool(4)) {
            Callable<Boolean> same =
                    () -> {
                        try (Arena arena = Arena.ofShared()) {
                            EmbedRun.Laid batch = laid(run, arena, 4, 16);
                            run.run(batch);
                            float[] found = batch.vectors().toArray(ValueLayout.JAVA_FLOAT);
                            return Arrays.equals(found, expected);
                        }
                    };
            List<Callable<Boolean>> calls =
                    IntStream.range(0, 32).<Callable<Boolean>>mapToObj(_ -> same).toList();
            for (Future<Boolean> call : threads.invokeAll(calls)) {
                assertThat(call.get()).isTrue();
            }
        }
    }

    @Test
    void whatTheLibrarySaysOfAFailureReachesTheCaller() throws Exception {
        OrtException unknown =
                catchThrowableOfType(
                        OrtException.class,
                        () -> vectors(NativeRun.open(session, graph("no_such"), "cpu"), 1, 4));

        assertThat(unknown).hasMessageContaining("no_such");
        assertThat(vectors(NativeRun.open(session, graph(), "cpu"), 1, 4)).isNotEmpty();
    }

    @Test
    void withoutTheDevicesOwnMemoryTheJavaApiRuns() throws Exception {
        ModelFault none =
                catchThrowableOfType(
                        ModelFault.class, () -> NativeRun.open(session, graph(), "cuda:0"));

        assertThat(none).isNotNull();
        try (EmbedRun run = RunBy.C.open(session, graph(), "cuda:0")) {
            assertThat(run).isInstanceOf(JavaRun.class);
        }
    }

    @Test
    void aGpuRunsByCAndTheProcessorByJavaUnlessTheOperatorSaysOtherwise() {
        assertThat(RunBy.of("cuda:1")).isEqualTo(RunBy.C);
        assertThat(RunBy.of("cpu")).isEqualTo(RunBy.JAVA);
        System.setProperty(RunBy.PROPERTY, "java");
        try {
            assertThat(RunBy.of("cuda:1")).isEqualTo(RunBy.JAVA);
        } finally {
            System.clearProperty(RunBy.PROPERTY);
        }
    }
}
