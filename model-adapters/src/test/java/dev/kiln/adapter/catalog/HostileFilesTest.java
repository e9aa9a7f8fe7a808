package dev.kiln.adapter.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.kiln.adapter.onnx.OnnxFile;
import dev.kiln.adapter.pytorch.TorchFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Files that are cut off, that ask for what is not there, or that mean harm. This process survives all of them.
class HostileFilesTest {
    private static final String FACE =
            """
            task: tensors
            inputs:
              - {name: x, dtype: fp32, shape: [-1, 3]}
            outputs:
              - {name: y, dtype: fp32, shape: [-1, 3]}
            """;

    private static final String GOLDEN =
            """
            golden:
              inputs: {x: {shape: [1, 3], data: [1, 2, 3]}}
              outputs: {y: {shape: [1, 3], data: [1, 2, 3]}}
            """;

    @TempDir private Path parent;

    private Path path = Path.of("");

    @BeforeEach
    void makeFolder() throws Exception {
        path = Files.createDirectory(parent.resolve("model"));
    }

    @Test
    void anOnnxFileThatIsCutOffIsRefused() throws Exception {
        byte[] whole = OnnxFile.dense(new float[9], new float[3]);
        for (int length : new int[] {1, 10, whole.length / 2, whole.length - 1}) {
            onnx(Arrays.copyOf(whole, length));

            assertThat(failure()).contains("model.onnx  ONNX Runtime cannot load the graph");
        }
    }

    @Test
    void anOnnxFileWithCustomOperatorsIsRefused() throws Exception {
        onnx(
                new OnnxFile()
                        .opset("clay", 1)
                        .input("x", OnnxFile.FLOAT, "n", 3)
                        .output("y", OnnxFile.FLOAT, "n", 3)
                        .node("clay", "Fire", List.of("x"), List.of("y"))
                        .bytes());

        assertThat(failure())
                .contains("model.onnx  ONNX Runtime cannot load the graph")
                .contains("Fire")
                .contains("clay");
    }

    @Test
    void anOnnxFileWhoseWeightsLieInAFileThatIsNotPinnedIsRefused() throws Exception {
        Files.write(parent.resolve("secret.bin"), new byte[12]);
        for (String location : new String[] {"../secret.bin", "/etc/passwd", "weights.bin"}) {
            onnx(
                    new OnnxFile()
                            .input("x", OnnxFile.FLOAT, "n", 3)
                            .output("y", OnnxFile.FLOAT, "n", 3)
                            .externalWeights("w", location, 3)
                            .node("Add", List.of("x", "w"), "y")
                            .bytes());

            assertThat(failure())
                    .contains(
                            "model.onnx  its weights lie in another file, %s, which model.yaml does not pin"
                                    .formatted(location));
        }
    }

    @Test
    void aTorchScriptFileThatIsCutOffIsRefused() throws Exception {
        byte[] whole = TorchFile.dense(new float[9], new float[3]);
        for (int length : new int[] {1, 100, whole.length / 2, whole.length - 1}) {
            torch(Arrays.copyOf(whole, length));

            assertThat(failure()).contains("model.pt  PyTorch cannot load the module");
        }
    }

    @Test
    void aTorchScriptFileWithAnOperatorThatIsNotThereIsRefused() throws Exception {
        torch(
                new TorchFile()
                        .method("forward", "x: Tensor", "Tensor", "return ops.clay.fire(x)")
                        .bytes());

        assertThat(failure()).contains("model.pt  PyTorch cannot load the module");
    }

    @Test
    void aFileThatCrashesTheEngineCrashesAChildProcess() throws Exception {
        int depth = 200_000;
        String nested = "torch.neg(".repeat(depth) + "x" + ")".repeat(depth);
        torch(new TorchFile().method("forward", "x: Tensor", "Tensor", "return " + nested).bytes());

        assertThat(failure())
                .contains("model.pt  a child process that loaded it crashed with signal")
                .contains("this process is unharmed");
    }

    @Test
    void aWrongDigestIsNamed() throws Exception {
        new Folder(path)
                .with("model.onnx", OnnxFile.dense(new float[9], new float[3]))
                .manifest("engine: onnx\nfiles: {model.onnx: " + "ab".repeat(32) + "}\n" + FACE);

        assertThat(failure()).contains("files.model.onnx  SHA-256 mismatch: expected abab");
    }

    @Test
    void aFileOutsideTheFolderIsRefusedAlsoThroughALink() throws Exception {
        byte[] graph = OnnxFile.dense(new float[9], new float[3]);
        Files.write(parent.resolve("outside.onnx"), graph);
        Files.createSymbolicLink(path.resolve("model.onnx"), parent.resolve("outside.onnx"));
        new Folder(path).manifest("engine: onnx\n" + FACE);

        assertThat(failure()).contains("files.model.onnx  lies outside the model's folder");
    }

    private void onnx(byte[] graph) throws Exception {
        new Folder(path).with("model.onnx", graph).manifest("engine: onnx\n" + FACE + GOLDEN);
    }

    private void torch(byte[] module) throws Exception {
        new Folder(path).with("model.pt", module).manifest("engine: pytorch\n" + FACE + GOLDEN);
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
