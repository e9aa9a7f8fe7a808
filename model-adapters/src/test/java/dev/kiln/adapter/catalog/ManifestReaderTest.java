package dev.kiln.adapter.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.kiln.adapter.catalog.Manifest.Expected;
import dev.kiln.adapter.catalog.Manifest.Given;
import dev.kiln.adapter.catalog.Manifest.GoldenSpec;
import dev.kiln.adapter.catalog.Manifest.Task.TextEmbedding;
import dev.kiln.adapter.kind.Pooling;
import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ManifestReaderTest {
    private static final String SHA = "ab".repeat(32);

    @Test
    void aWholeManifestIsRead() throws ModelLoadException {
        var manifest = ManifestReader.read("m", good());

        assertThat(manifest.engine().weights()).isEqualTo("model.onnx");
        assertThat(manifest.sha256()).isEqualTo(SHA);
        assertThat(manifest.task())
                .isEqualTo(new TextEmbedding("tokenizer.json", Pooling.MEAN, 384, 512));
        assertThat(manifest.licence()).isEqualTo("MIT");
        assertThat(manifest.golden())
                .containsExactly(
                        new GoldenSpec(
                                "1",
                                new Given.Text("clay"),
                                new Expected.Start(List.of(0.5, -1.0)),
                                OptionalDouble.of(0.01)));
    }

    @Test
    void everyProblemIsReportedAtOnceWithAGuess() {
        String bad =
                good().replace("pooling: mean", "poling: mean")
                        .replace("engine: onnx", "engine: tensorflow")
                        .replace("384", "-1")
                        .replace("licence: MIT", "licence:")
                        .replace("tokenizer.json: " + SHA, "tokenizer.json: 12");

        assertThat(failure(bad))
                .isEqualTo(
                        """
                        m: 6 problems, the model was not loaded
                          poling  unknown key; did you mean pooling?
                          files.tokenizer.json = "12"  must be the file's SHA-256, 64 lower-case hex digits
                          engine = "tensorflow"  must be onnx or pytorch
                          pooling  is missing
                          dimension = -1  must be a whole number from 1 to 16384
                          licence  must be a text\
                        """);
    }

    @Test
    void exactlyOneGraphAndOneTokenizerAreNamed() {
        assertThat(failure(good().replace("  model.onnx: " + SHA, "  model.bin: " + SHA)))
                .contains("files  must name exactly one file ending in .onnx, names 0");
        assertThat(failure(good().replace("files:", "files:\n  other.onnx: " + SHA)))
                .contains("files  must name exactly one file ending in .onnx, names 2");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "7", "[1, 2]", "just text", "---\n", "null"})
    void whatIsNoMapIsRefused(String yaml) {
        assertThat(failure(yaml)).contains("must be a map with the keys engine, task, files");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a: [", "a: b: c", "\t", "a: 1\na: 2", "\u0007"})
    void whatIsNoYamlIsRefusedWithItsLine(String yaml) {
        assertThat(failure(yaml)).contains("not valid YAML: ");
    }

    @Test
    void aGoldenSampleWithoutItsPartsIsRefused() {
        assertThat(failure(good().replace("tolerance: 0.01", "tolerence: 0.01")))
                .contains("golden.tolerence  unknown key; did you mean tolerance?");
        assertThat(failure(good().replace("start:", "#")))
                .contains("golden  must have a text, image, file, sound or inputs, and a start");
        assertThat(failure(good().replace("[0.5, -1]", "[0.5, x]")))
                .contains("golden.start holds \"x\", must hold numbers");
    }

    private static String good() {
        return """
        engine: onnx
        task: text-embedding
        files:
          model.onnx: %s
          tokenizer.json: %s
        pooling: mean
        dimension: 384
        max-tokens: 512
        licence: MIT
        golden:
          text: clay
          start: [0.5, -1]
          tolerance: 0.01
        """
                .formatted(SHA, SHA);
    }

    private static String failure(String yaml) {
        var failure =
                catchThrowableOfType(
                        ModelLoadException.class, () -> ManifestReader.read("m", yaml));
        return String.valueOf(failure.getMessage());
    }
}
