package dev.kiln.adapter.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.within;

import dev.kiln.adapter.kind.Pooling;
import dev.kiln.adapter.text.TextTokenizer;
import dev.kiln.adapter.text.Tokens;
import dev.kiln.core.model.ModelFault;
import dev.kiln.core.model.ModelOutput;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Pooled in the graph and behind it, on the processor: what a GPU is asked for is the same graph.
class PoolingNodesTest {
    private static final int OPEN = OnnxFile.INT64;

    /// Vectors of four tokens; those of the last add up to nothing.
    private static final float[] VECTORS = {3, 4, 5, -12, 8, 6, 0, 0};

    private static final Tokens SHORT = new Tokens(new long[] {1}, false);
    private static final Tokens LONG = new Tokens(new long[] {0, 1, 2}, false);
    private static final Tokens NOTHING = new Tokens(new long[] {3, 3}, false);

    /// A model of one node, which looks each token's vector up.
    private static OnnxFile lookUp(int opset) {
        return new OnnxFile(opset)
                .input("input_ids", OPEN, "n", "t")
                .input("attention_mask", OPEN, "n", "t")
                .output("vectors", OnnxFile.FLOAT, "n", "t", 2)
                .node("Gather", List.of("table", "input_ids"), "vectors");
    }

    private static OnnxGraph whole(OnnxFile file) {
        return OnnxGraph.alone(direct(file.weights("table", VECTORS, 4, 2).bytes()));
    }

    private static ByteBuffer direct(byte[] bytes) {
        return ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
    }

    private static EmbedderSpec spec(int dimension, Pooling pooling) {
        return new EmbedderSpec("x", "0".repeat(64), dimension, pooling, "cpu", 1, List.of());
    }

    private static EmbedSession open(OnnxGraph graph, Pooling pooling, RunBy by) throws ModelFault {
        return EmbedSession.open(graph, spec(2, pooling), by, PoolAt.GRAPH);
    }

    private static void assertMean(EmbedSession session) throws ModelFault {
        List<float[]> found = session.run(List.of(SHORT, LONG));
        // (5, -12) alone, and (16, -2) of three
        assertThat(found.get(0)).containsExactly(new float[] {5f / 13, -12f / 13}, within(1e-6f));
        float length = (float) Math.sqrt(16 * 16 + 2 * 2);
        assertThat(found.get(1))
                .containsExactly(new float[] {16 / length, -2 / length}, within(1e-6f));
    }

    @ParameterizedTest
    @ValueSource(ints = {7, 9, 11, 13, 18, 21})
    void everyOpsetSinceTheSeventhPools(int opset) throws Exception {
        for (RunBy by : RunBy.values()) {
            try (var session = open(whole(lookUp(opset)), Pooling.MEAN, by)) {
                assertThat(session.pools()).isTrue();
                assertMean(session);
            }
            try (var session = open(whole(lookUp(opset)), Pooling.CLS, by)) {
                assertThat(session.pools()).isTrue();
                List<float[]> found = session.run(List.of(SHORT, LONG));
                assertThat(found.get(0))
                        .containsExactly(new float[] {5f / 13, -12f / 13}, within(1e-6f));
                assertThat(found.get(1)).containsExactly(new float[] {0.6f, 0.8f}, within(1e-6f));
            }
        }
    }

    @Test
    void aBatchOfOtherShapesFindsRoomForItsVectors() throws Exception {
        try (var session = open(whole(lookUp(13)), Pooling.MEAN, RunBy.JAVA)) {
            session.run(List.of(LONG));

            assertThat(session.run(List.of(SHORT, SHORT, SHORT))).hasSize(3);
            assertMean(session);
        }
    }

    @Test
    void vectorsThatAddUpToNothingAreTheSameFault() throws Exception {
        for (PoolAt pool : PoolAt.values()) {
            var spec = spec(2, Pooling.MEAN);
            try (var session = EmbedSession.open(whole(lookUp(13)), spec, RunBy.JAVA, pool)) {
                ModelFault fault =
                        catchThrowableOfType(
                                ModelFault.class, () -> session.run(List.of(SHORT, NOTHING)));

                assertThat(fault).hasMessage("the vector of item 1 has length 0.0");
            }
        }
    }

    @Test
    void weightsThatLieBesideStayWhereTheyAre() throws Exception {
        byte[] file = lookUp(13).externalWeights("table", "table.bin", 4, 2).bytes();
        try (Arena arena = Arena.ofShared()) {
            MemorySegment table = arena.allocate(8 * Float.BYTES, 64);
            table.copyFrom(MemorySegment.ofArray(VECTORS));
            var graph = new OnnxGraph(direct(file), Map.of("table.bin", table));
            try (var session = open(graph, Pooling.MEAN, RunBy.C)) {
                assertThat(session.pools()).isTrue();
                assertMean(session);
            }
        }
    }

    @Test
    void aGraphThatHasSuchANameItselfIsPooledOnTheHost() throws Exception {
        OnnxFile named = lookUp(13).node("Identity", List.of("attention_mask"), "kiln_row");
        try (var session = open(whole(named), Pooling.MEAN, RunBy.JAVA)) {
            assertThat(session.pools()).isFalse();
            assertMean(session);
        }
    }

    @Test
    void whatTheFileDoesNotSayIsNotGuessed() throws Exception {
        var unclear =
                new OnnxFile(13)
                        .input("input_ids", OPEN, "n", "t")
                        .output("first", OnnxFile.FLOAT)
                        .output("vectors", OnnxFile.FLOAT, "n", "t", 2);
        try (Arena arena = Arena.ofConfined()) {
            var spec = spec(2, Pooling.MEAN);
            assertThat(PoolingNodes.behind(whole(unclear), spec, arena)).isEmpty();
            assertThat(PoolingNodes.behind(whole(lookUp(6)), spec, arena)).isEmpty();
            assertThat(PoolingNodes.behind(whole(lookUp(13)), spec(3, Pooling.MEAN), arena))
                    .isEmpty();
            assertThat(PoolingNodes.behind(whole(lookUp(13)), spec, arena)).isPresent();
        }
    }

    @ParameterizedTest
    @EnumSource(RunBy.class)
    void minilmPoolsInItsGraphAsBehindIt(RunBy by) throws Exception {
        try (var graph = EmbeddedMinilm.open(128, List.of(), by, PoolAt.GRAPH);
                var host = EmbeddedMinilm.open(128, List.of(), by, PoolAt.HOST)) {
            assertThat(graph.pools()).isTrue();
            assertThat(host.pools()).isFalse();
            assertSame(graph, host);
        }
    }

    @Test
    void bgeTakesItsFirstTokenInItsGraphAsBehindIt() throws Exception {
        Path folder = CatalogueEmbeddersTest.cache("bge-small").resolve("models/bge-small");
        OnnxGraph model = OnnxGraph.alone(mapped(folder.resolve("model.onnx")));
        var spec = spec(384, Pooling.CLS);
        try (var graph =
                        OnnxEmbedder.open(
                                model,
                                tokenizer(folder),
                                spec,
                                new OnnxEmbedder.How(RunBy.C, PoolAt.GRAPH));
                var host =
                        OnnxEmbedder.open(
                                model,
                                tokenizer(folder),
                                spec,
                                new OnnxEmbedder.How(RunBy.JAVA, PoolAt.HOST))) {
            assertThat(graph.pools()).isTrue();
            assertSame(graph, host);
        }
    }

    private static ByteBuffer mapped(Path file) throws IOException {
        try (var channel = FileChannel.open(file)) {
            return channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size());
        }
    }

    private static TextTokenizer tokenizer(Path folder) throws Exception {
        return TextTokenizer.open(
                Files.readAllBytes(folder.resolve("tokenizer.json")),
                128,
                Path.of("target", "test-cache", "natives"));
    }

    private static void assertSame(OnnxEmbedder graph, OnnxEmbedder host) throws ModelFault {
        List<String> texts = VariedTexts.generate(48, 5);
        for (int from = 0; from < texts.size(); from += 8) {
            List<String> batch = texts.subList(from, from + 8);
            List<ModelOutput.Embedding> ours = EmbeddedMinilm.embed(graph, batch);
            List<ModelOutput.Embedding> theirs = EmbeddedMinilm.embed(host, batch);
            for (int i = 0; i < batch.size(); i++) {
                assertThat(EmbeddedMinilm.cosine(ours.get(i).vector(), theirs.get(i).vector()))
                        .as(batch.get(i))
                        .isGreaterThan(0.999999);
            }
        }
    }
}
