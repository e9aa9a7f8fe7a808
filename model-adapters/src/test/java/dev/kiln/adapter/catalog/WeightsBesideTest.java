package dev.kiln.adapter.catalog;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.kiln.adapter.onnx.OnnxFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// ONNX files whose weights lie beside them. The real one was written by the onnx package
/// (`models/golden/external.py`), with what ONNX Runtime's own answer was there.
class WeightsBesideTest {
    private static final String DATA = "model.onnx.data";
    private static final String FACE =
            """
            engine: onnx
            task: tensors
            """;

    @TempDir private Path parent;

    private Path path = Path.of("");

    @BeforeEach
    void makeFolder() throws Exception {
        path = Files.createDirectory(parent.resolve("model"));
    }

    @Test
    void weightsInAPinnedFileOfTheFolderAreServed() throws Exception {
        real().manifest(FACE + golden());

        try (var model = Models.open(new Folder(path).settings(), Path.of("target/test-cache"))) {
            assertThat(model.info().device().proved()).isEqualTo("cpu");
            model.prove(); // once more, now that the files are unmapped
        }
    }

    @Test
    void weightsInAFileThatIsNotPinnedAreRefused() throws Exception {
        real().manifest(FACE + golden());
        String manifest = Files.readString(path.resolve("model.yaml"));
        Files.writeString(
                path.resolve("model.yaml"), manifest.replaceAll("  model.onnx.data: .*\n", ""));

        assertThat(failure())
                .contains(
                        "model.onnx  its weights lie in another file, model.onnx.data, which model.yaml does not pin");
    }

    @Test
    void weightsThatChangedAreRefused() throws Exception {
        real().manifest(FACE + golden());
        byte[] changed = resource(DATA);
        changed[100]++;
        Files.write(path.resolve(DATA), changed);

        assertThat(failure()).contains("files.model.onnx.data  SHA-256 mismatch");
    }

    @Test
    void weightsBehindALinkOutOfTheFolderAreRefused() throws Exception {
        real().manifest(FACE + golden());
        Files.move(path.resolve(DATA), parent.resolve("elsewhere"));
        Files.createSymbolicLink(path.resolve(DATA), parent.resolve("elsewhere"));

        assertThat(failure()).contains("files.model.onnx.data  lies outside the model's folder");
    }

    @Test
    void weightsOutsideTheFolderAreRefusedEvenIfPinned() throws Exception {
        Files.write(parent.resolve("secret.bin"), new byte[12]);
        new Folder(path)
                .with("model.onnx", adding(Map.of("location", "../secret.bin")))
                .manifest(FACE);
        Files.writeString(
                path.resolve("model.yaml"),
                Files.readString(path.resolve("model.yaml"))
                        + "  ../secret.bin: "
                        + Digest.sha256(java.lang.foreign.MemorySegment.ofArray(new byte[12]))
                        + "\n");

        assertThat(failure()).contains("files.../secret.bin  lies outside the model's folder");
    }

    @Test
    void aPlaceThatIsNotInTheFileIsRefused() throws Exception {
        for (Map<String, String> place :
                List.of(
                        Map.of("offset", "4"),
                        Map.of("offset", "-4"),
                        Map.of("length", "16"),
                        Map.of("offset", "9223372036854775807"))) {
            weights(place);

            assertThat(failure()).contains("w of FLOAT [3] is 12 bytes; it is said to be");
        }
        weights(Map.of("offset", "many"));

        assertThat(failure()).contains("has a shape or place that is none");
    }

    @Test
    void aConstantOfANodeStaysInTheGraph() throws Exception {
        byte[] graph =
                new OnnxFile()
                        .input("x", OnnxFile.FLOAT, "n", 3)
                        .output("y", OnnxFile.FLOAT, "n", 3)
                        .externalConstant("w", "w.bin", 3)
                        .node("Add", List.of("x", "w"), "y")
                        .bytes();
        new Folder(path).with("model.onnx", graph).with("w.bin", new byte[12]).manifest(FACE);

        assertThat(failure()).contains("w lies in another file, w.bin, and is no weight");
    }

    @Test
    void whatAnotherReaderWouldSkipHidesNothing() throws Exception {
        byte[] graph =
                new OnnxFile()
                        .input("x", OnnxFile.FLOAT, "n", 3)
                        .output("y", OnnxFile.FLOAT, "n", 3)
                        .group()
                        .externalWeights("w", "/etc/passwd", 3)
                        .node("Add", List.of("x", "w"), "y")
                        .bytes();
        new Folder(path).with("model.onnx", graph).manifest(FACE);

        assertThat(failure()).contains("model.onnx  the file has a group in field 99");
    }

    /// Writes a model that adds three weights, said to lie at this place of `w.bin`.
    private void weights(Map<String, String> place) throws Exception {
        var facts = new java.util.LinkedHashMap<>(place);
        facts.put("location", "w.bin");
        new Folder(path)
                .with("model.onnx", adding(facts))
                .with("w.bin", new byte[12])
                .manifest(FACE);
    }

    private static byte[] adding(Map<String, String> facts) {
        return new OnnxFile()
                .input("x", OnnxFile.FLOAT, "n", 3)
                .output("y", OnnxFile.FLOAT, "n", 3)
                .externalWeights("w", facts, 3)
                .node("Add", List.of("x", "w"), "y")
                .bytes();
    }

    private Folder real() throws Exception {
        return new Folder(path)
                .with("model.onnx", resource("model.onnx"))
                .with(DATA, resource(DATA));
    }

    private static String golden() throws Exception {
        return new String(resource("golden.yaml"), UTF_8);
    }

    private static byte[] resource(String name) throws Exception {
        try (var in = WeightsBesideTest.class.getResourceAsStream("/external/" + name)) {
            return Objects.requireNonNull(in, name).readAllBytes();
        }
    }

    private String failure() {
        var failure =
                catchThrowableOfType(
                        ModelLoadException.class,
                        () ->
                                Models.open(
                                                new Folder(path).settings(),
                                                Path.of("target", "test-cache"))
                                        .close());
        return String.valueOf(failure.getMessage());
    }
}
