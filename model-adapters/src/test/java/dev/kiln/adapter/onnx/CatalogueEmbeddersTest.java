package dev.kiln.adapter.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.kiln.adapter.catalog.ModelSettings;
import dev.kiln.adapter.catalog.Models;
import dev.kiln.core.model.ModelAdapter;
import dev.kiln.core.model.ModelInput;
import dev.kiln.core.model.ModelOutput;
import dev.kiln.core.model.Prepared;
import dev.langchain4j.model.embedding.onnx.OnnxEmbeddingModel;
import dev.langchain4j.model.embedding.onnx.PoolingMode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Embedders of the catalogue against the library that packs them, pooled as its classes for them do.
class CatalogueEmbeddersTest {
    /// @param cut where the packaged tokenizer cuts; 512 where it does not
    /// @param together how near a text's vector stays to itself in a batch of eight; int8 graphs scale by what else is
    ///     in the batch
    @ParameterizedTest
    @CsvSource({
        "minilm-int8, MEAN, 128, 0.97",
        "bge-small, CLS, 512, 0.999999",
        "bge-small-int8, CLS, 512, 0.95",
        "bge-small-zh, CLS, 512, 0.999999"
    })
    void textsEmbedAsInTheLibrary(String name, PoolingMode pooling, int cut, double together)
            throws Exception {
        Path cache = cache(name);
        Path folder = cache.resolve("models").resolve(name);
        var library =
                new OnnxEmbeddingModel(
                        folder.resolve("model.onnx"), folder.resolve("tokenizer.json"), pooling);
        List<String> texts =
                VariedTexts.generate(60, 4).stream()
                        .filter(text -> !text.isBlank() && text.length() < 600)
                        .limit(24)
                        .toList();
        double worstAlone = 1;
        double worstTogether = 1;
        try (var model = open(name, cut, cache)) {
            for (int from = 0; from < texts.size(); from += 8) {
                List<String> some = texts.subList(from, from + 8);
                List<float[]> batch = embed(model, some);
                for (int i = 0; i < some.size(); i++) {
                    float[] theirs = library.embed(some.get(i)).content().vector();
                    float[] alone = embed(model, List.of(some.get(i))).getFirst();
                    worstAlone = Math.min(worstAlone, EmbeddedMinilm.cosine(alone, theirs));
                    worstTogether =
                            Math.min(worstTogether, EmbeddedMinilm.cosine(batch.get(i), alone));
                }
            }
        }
        assertThat(texts).hasSize(24);
        assertThat(worstAlone).isGreaterThan(0.999999);
        assertThat(worstTogether).isGreaterThan(together);
    }

    private static ModelAdapter open(String name, int cut, Path cache) throws Exception {
        var settings = new ModelSettings(name, ModelSettings.CATALOG + name, cut, "cpu", 1);
        return Models.open(settings, cache);
    }

    private static List<float[]> embed(ModelAdapter model, List<String> texts) throws Exception {
        List<Prepared> items = new ArrayList<>();
        for (String text : texts) {
            items.add(model.prepare(new ModelInput.Text(text)));
        }
        return model.run(items).stream()
                .map(output -> output.as(ModelOutput.Embedding.class).vector())
                .toList();
    }

    /// The cache that `models/setup` fills; skipped where it has not, unless CI demands it.
    static Path cache(String name) {
        Path cache = Path.of("..", ".kiln", "cache").toAbsolutePath().normalize();
        if (System.getenv("KILN_REQUIRE_MODELS") == null) {
            assumeThat(cache.resolve("models").resolve(name)).exists();
        }
        assertThat(cache.resolve("models").resolve(name)).exists();
        return cache;
    }
}
