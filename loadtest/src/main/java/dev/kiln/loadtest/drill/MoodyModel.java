package dev.kiln.loadtest.drill;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Objects;

/// A model that doubles a number, fails at one and never comes back from another, in a folder of its own; gone when
/// closed. `loadtest/drill/moody.py` writes its graph.
public final class MoodyModel implements AutoCloseable {
    /// The engine reports an error.
    static final double FAILS = -2e6;

    /// The engine computes for longer than anybody waits.
    static final double HANGS = 2e6;

    private static final String GRAPH = "model.onnx";
    private static final String MANIFEST = "model.yaml";

    private final Path folder;

    private MoodyModel(Path folder) {
        this.folder = folder;
    }

    /// Writes one.
    public static MoodyModel write() throws IOException {
        byte[] graph;
        try (InputStream in =
                Objects.requireNonNull(
                        MoodyModel.class.getResourceAsStream("/drill/moody.onnx"), "moody.onnx")) {
            graph = in.readAllBytes();
        }
        var model = new MoodyModel(Files.createTempDirectory("kiln-moody-"));
        Files.write(model.folder.resolve(GRAPH), graph);
        Files.writeString(model.folder.resolve(MANIFEST), manifest(graph));
        return model;
    }

    private static String manifest(byte[] graph) {
        return """
        engine: onnx
        task: tensors
        files:
          model.onnx: %s
        inputs:
          - {name: x, dtype: fp32, shape: [-1, 1]}
        outputs:
          - {name: y, dtype: fp32, shape: [-1, 1]}
        licence: Apache-2.0
        golden:
          - inputs: {x: {shape: [1, 1], data: [3]}}
            outputs: {y: {shape: [1, 1], data: [6]}}
        """
                .formatted(digest(graph));
    }

    private static String digest(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    public Path folder() {
        return folder;
    }

    @Override
    public void close() throws IOException {
        Files.deleteIfExists(folder.resolve(GRAPH));
        Files.deleteIfExists(folder.resolve(MANIFEST));
        Files.deleteIfExists(folder);
    }
}
