package dev.kiln.adapter.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.kiln.core.model.ModelInput;
import dev.kiln.core.model.ModelOutput;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A folder as an operator brings it, and the ways in which it can be wrong.
class ModelFolderTest {
    private static final String GRAPH = EmbeddedModel.MINILM.manifest().sha256();
    private static final String RULES =
            String.valueOf(
                    EmbeddedModel.MINILM.manifest().files().get("all-minilm-l6-v2-tokenizer.json"));
    private static final Path CACHE = Path.of("target", "test-cache");

    @TempDir private Path folder;

    @BeforeEach
    void writeManifest() throws IOException {
        manifest("model.onnx", GRAPH, "");
    }

    @Test
    void aFolderIsServedLikeTheEmbeddedModel() throws Exception {
        copy("/all-minilm-l6-v2.onnx", "model.onnx");
        copy("/all-minilm-l6-v2-tokenizer.json", "tokenizer.json");
        try (var own = Models.open(settings(), CACHE);
                var embedded = Models.open(ModelSettings.minilm(1), CACHE)) {
            assertThat(own.info().sha256()).isEqualTo(GRAPH);
            assertThat(own.info().device().proved()).isEqualTo("none");
            var text = new ModelInput.Text("clay and fire");
            var vector = (ModelOutput.Embedding) own.run(List.of(own.prepare(text))).getFirst();
            var expected =
                    (ModelOutput.Embedding)
                            embedded.run(List.of(embedded.prepare(text))).getFirst();
            assertThat(vector.vector()).isEqualTo(expected.vector());
        }
    }

    @Test
    void itsGoldenSampleProvesTheDevice() throws Exception {
        copy("/all-minilm-l6-v2.onnx", "model.onnx");
        copy("/all-minilm-l6-v2-tokenizer.json", "tokenizer.json");
        manifest(
                "model.onnx",
                GRAPH,
                "golden: {text: '', start: [-0.1188, 0.0483], tolerance: 1e-3}");
        try (var model = Models.open(settings(), CACHE)) {
            assertThat(model.info().device().proved()).isEqualTo("cpu");
        }
        manifest("model.onnx", GRAPH, "golden: {text: '', start: [0.5], tolerance: 1e-3}");

        assertThat(failure()).contains("model.onnx  the golden sample 1 came out wrong");
    }

    @Test
    void theWorkedExampleOfTheReadmeIsServedAndProved() throws Exception {
        String readme = Files.readString(Path.of("..", "models", "README.md"));
        int from = readme.indexOf("```yaml\n") + "```yaml\n".length();
        Files.writeString(
                folder.resolve("model.yaml"), readme.substring(from, readme.indexOf("```", from)));
        copy("/all-minilm-l6-v2.onnx", "model.onnx");
        copy("/all-minilm-l6-v2-tokenizer.json", "tokenizer.json");
        try (var model = Models.open(settings(), CACHE)) {
            assertThat(model.info().device().proved()).isEqualTo("cpu");
        }
    }

    @Test
    void aGraphOfAnotherDimensionIsRefused() throws Exception {
        copy("/all-minilm-l6-v2.onnx", "model.onnx");
        copy("/all-minilm-l6-v2-tokenizer.json", "tokenizer.json");
        Path file = folder.resolve("model.yaml");
        Files.writeString(file, Files.readString(file).replace("384", "512"));

        assertThat(failure()).contains("no output of the graph is float32 [batch, tokens, 512]");
    }

    @Test
    void missingFilesAreAllNamed() {
        assertThat(failure())
                .isEqualTo(
                        """
                        %s: 2 problems, the model was not loaded
                          files.model.onnx  no such file in the model's folder
                          files.tokenizer.json  no such file in the model's folder\
                        """
                                .formatted(folder.resolve("model.yaml")));
    }

    @Test
    void aCorruptFileIsNamedWithBothDigests() throws Exception {
        Files.writeString(folder.resolve("model.onnx"), "corrupt");
        copy("/all-minilm-l6-v2-tokenizer.json", "tokenizer.json");

        assertThat(failure())
                .contains("files.model.onnx  SHA-256 mismatch: expected " + GRAPH + ", found ")
                .contains("fetch the file again or correct model.yaml");
    }

    @Test
    void anEmptyFileIsAMismatchAndNotACrash() throws Exception {
        Files.createFile(folder.resolve("model.onnx"));

        assertThat(failure()).contains("files.model.onnx  SHA-256 mismatch");
    }

    @Test
    void aFileThatIsNoGraphIsRefusedByTheEngine() throws Exception {
        byte[] text = "not a graph".getBytes(StandardCharsets.UTF_8);
        Files.write(folder.resolve("model.onnx"), text);
        copy("/all-minilm-l6-v2-tokenizer.json", "tokenizer.json");
        manifest("model.onnx", Digest.sha256(java.lang.foreign.MemorySegment.ofArray(text)), "");

        assertThat(failure()).contains("model.onnx  ONNX Runtime cannot load the graph");
    }

    @Test
    void aFileOutsideTheFolderIsRefused() throws Exception {
        Path inner = Files.createDirectory(folder.resolve("inner"));
        Files.writeString(folder.resolve("secret.onnx"), "secret");
        Files.writeString(
                inner.resolve("model.yaml"),
                Files.readString(folder.resolve("model.yaml"))
                        .replace("model.onnx", "../secret.onnx"));
        Files.createSymbolicLink(inner.resolve("tokenizer.json"), folder.resolve("secret.onnx"));

        assertThat(failure(inner))
                .contains("files.../secret.onnx  lies outside the model's folder")
                .contains("files.tokenizer.json  lies outside the model's folder");
    }

    private void manifest(String graph, String sha256, String more) throws IOException {
        Files.writeString(
                folder.resolve("model.yaml"),
                """
                engine: onnx
                task: text-embedding
                files:
                  %s: %s
                  tokenizer.json: %s
                pooling: mean
                dimension: 384
                max-tokens: 512
                licence: Apache-2.0
                %s
                """
                        .formatted(graph, sha256, RULES, more));
    }

    private void copy(String resource, String name) throws IOException {
        try (InputStream in = ModelFolderTest.class.getResourceAsStream(resource)) {
            Files.copy(Objects.requireNonNull(in, resource), folder.resolve(name));
        }
    }

    private ModelSettings settings() {
        return new ModelSettings("own", folder.toString(), 128, "cpu", 1);
    }

    private String failure() {
        return failure(folder);
    }

    private static String failure(Path folder) {
        var settings = new ModelSettings("own", folder.toString(), 128, "cpu", 1);
        var failure =
                catchThrowableOfType(
                        ModelLoadException.class, () -> Models.open(settings, CACHE).close());
        return String.valueOf(failure.getMessage());
    }
}
