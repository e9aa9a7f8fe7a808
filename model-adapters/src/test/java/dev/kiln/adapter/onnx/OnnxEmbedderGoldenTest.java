package dev.kiln.adapter.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.kiln.adapter.kind.Sample;
import dev.kiln.core.model.ModelFault;
import dev.kiln.core.model.ModelInput;
import dev.kiln.core.model.ModelOutput;
import dev.langchain4j.model.embedding.onnx.allminilml6v2.AllMiniLmL6V2EmbeddingModel;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Embeddings against those of the model's own library, and against ONNX Runtime called directly where the library
/// does not go: other cuts, and texts it throws on.
class OnnxEmbedderGoldenTest {
    /// First components for a blank text: the mean of the vectors of the two special tokens, scaled to unit length.
    private static final float[] BLANK_START = {
        -0.11883839f, 0.048298683f, -0.0025481025f, -0.011011168f, 0.051950723f, 0.010291773f
    };

    @Test
    void fiveHundredVariedTextsEqualTheLibrarysOwnEmbeddings() throws Exception {
        List<String> texts = VariedTexts.generate(500, 1);
        var library = new AllMiniLmL6V2EmbeddingModel();
        double worst = 1;
        int truncated = 0;
        try (var model = EmbeddedMinilm.open(128, List.of())) {
            for (int from = 0; from < texts.size(); from += 10) {
                List<String> batch = texts.subList(from, from + 10);
                List<ModelOutput.Embedding> ours = EmbeddedMinilm.embed(model, batch);
                for (int i = 0; i < batch.size(); i++) {
                    float[] theirs = library.embed(batch.get(i)).content().vector();
                    double cosine = EmbeddedMinilm.cosine(ours.get(i).vector(), theirs);
                    assertThat(cosine).as(batch.get(i)).isGreaterThan(0.9999);
                    worst = Math.min(worst, cosine);
                    truncated += ours.get(i).truncated() ? 1 : 0;
                }
            }
        }
        assertThat(worst).isGreaterThan(0.999999);
        assertThat(truncated).isBetween(50, 250);
    }

    @ParameterizedTest
    @ValueSource(ints = {128, 256, 512})
    void everyCutEqualsRawOnnxRuntime(int maxTokens) throws Exception {
        List<String> texts = new ArrayList<>(VariedTexts.generate(15, 2));
        texts.add("clay and fire ".repeat(1000));
        try (var model = EmbeddedMinilm.open(maxTokens, List.of());
                var raw = new RawSession(maxTokens)) {
            List<ModelOutput.Embedding> ours = EmbeddedMinilm.embed(model, texts);
            for (int i = 0; i < texts.size(); i++) {
                float[] expected = raw.embed(texts.get(i));
                assertThat(EmbeddedMinilm.cosine(ours.get(i).vector(), expected))
                        .isGreaterThan(0.999999);
            }
            assertThat(ours.getLast().tokens()).isEqualTo(maxTokens);
            assertThat(ours.getLast().truncated()).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "\n\t ", "\u3000", "\u0000"})
    void blankTextsHaveOneVectorOfTheirOwn(String blank) throws Exception {
        try (var model = EmbeddedMinilm.open(128, List.of());
                var raw = new RawSession(128)) {
            var embedding = EmbeddedMinilm.embed(model, List.of(blank)).getFirst();

            assertThat(embedding.tokens()).isEqualTo(2);
            assertThat(embedding.truncated()).isFalse();
            assertThat(embedding.vector()).containsExactly(raw.embed(""), within(1e-5f));
            for (int i = 0; i < BLANK_START.length; i++) {
                assertThat(embedding.vector()[i]).isCloseTo(BLANK_START[i], within(1e-4f));
            }
        }
    }

    @Test
    void vectorsHaveUnitLength() throws Exception {
        try (var model = EmbeddedMinilm.open(128, List.of())) {
            for (var embedding : EmbeddedMinilm.embed(model, VariedTexts.generate(20, 3))) {
                double squares = 0;
                for (float component : embedding.vector()) {
                    squares += (double) component * component;
                }
                assertThat(Math.sqrt(squares)).isCloseTo(1, within(1e-6));
            }
        }
    }

    @Test
    void loneSurrogatesDoNotCrash() throws Exception {
        try (var model = EmbeddedMinilm.open(128, List.of())) {
            var embeddings =
                    EmbeddedMinilm.embed(model, List.of("\ud83d", "a \udc00 b", "\udc00\ud800"));

            assertThat(embeddings).hasSize(3);
        }
    }

    @Test
    void aGoldenSampleProvesTheDevice() throws Exception {
        float[] right;
        try (var model = EmbeddedMinilm.open(128, List.of())) {
            assertThat(model.info().device().proved()).isEqualTo("none");
            right = EmbeddedMinilm.embed(model, List.of("sample")).getFirst().vector();
        }
        try (var model = EmbeddedMinilm.open(128, List.of(golden(right[0], right[1])))) {
            assertThat(model.info().device().proved()).isEqualTo("cpu");
        }
    }

    @Test
    void aWrongGoldenSampleStopsTheStart() {
        assertThat(
                        org.assertj.core.api.Assertions.catchThrowableOfType(
                                ModelFault.class, () -> open(golden(0.5f, 0.5f))))
                .hasMessageStartingWith(
                        "the golden sample x came out wrong alone: a number differs by ")
                .hasMessageEndingWith("tolerance 1.00e-04");
    }

    private static void open(Sample golden) throws IOException, ModelFault {
        EmbeddedMinilm.open(128, List.of(golden)).close();
    }

    private static Sample golden(float... start) {
        return new Sample(
                "x",
                new ModelInput.Text("sample"),
                new ModelOutput.Embedding(start, 0, false),
                1e-4);
    }
}
