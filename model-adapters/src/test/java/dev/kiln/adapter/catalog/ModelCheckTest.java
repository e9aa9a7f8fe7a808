package dev.kiln.adapter.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.adapter.onnx.OnnxFile;
import dev.kiln.adapter.probe.CheckReport;
import dev.kiln.adapter.pytorch.TorchFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What `kiln model check` finds, in a child process of its own.
class ModelCheckTest {
    private static final Path CACHE = Path.of("target", "test-cache").toAbsolutePath();
    private static final String FACE =
            """
            task: tensors
            inputs:
              - {name: x, dtype: fp32, shape: [-1, 3]}
            outputs:
              - {name: y, dtype: fp32, shape: [-1, 2]}
            """;
    private static final String GOLDEN =
            """
            # a comment that stays
            tolerance: 1e-2
            golden:
              - name: ones
                inputs: {x: {shape: [1, 3], data: [1, 1, 1]}}
                outputs: {y: {shape: [1, 2], data: [9.5, 2]}}
            """;

    @TempDir private Path path;

    @Test
    void aSoundModelIsMeasuredAndItsToleranceCalibrated() throws Exception {
        onnx(GOLDEN + "memory: 90MiB\n");

        CheckReport report = CheckReport.of(path, CACHE);

        assertThat(report.problems()).isEmpty();
        assertThat(report.batches()).containsOnlyKeys(1, 2, 5);
        assertThat(report.facts())
                .containsEntry("device", "cpu")
                .containsEntry("stated_mb", "90")
                .containsKeys("engine", "load_ms", "sha256", "memory_mb");
        assertThat(report.golden()).hasSize(1).allMatch(CheckReport.GoldenResult::ok);
        assertThat(report.calibrated()).isBetween(1e-6, 1e-4);

        report.writeTolerance(path.resolve("model.yaml"));

        assertThat(Files.readString(path.resolve("model.yaml")))
                .contains("# a comment that stays")
                .contains("tolerance: 1.0e-06  # kiln model check on onnxruntime-")
                .doesNotContain("1e-2");
        assertThat(CheckReport.of(path, CACHE).problems()).isEmpty();
    }

    @Test
    void aWrongGoldenSampleIsReportedWithItsDifferenceAndNothingIsWritten() throws Exception {
        onnx(GOLDEN.replace("[9.5, 2]", "[9.5, 2.5]"));

        CheckReport report = CheckReport.of(path, CACHE);

        assertThat(report.problems())
                .containsExactly(
                        "the golden sample ones differs by 5.00e-01 alone and 5.00e-01 in a batch, tolerance 1.0e-02");
        org.assertj.core.api.Assertions.assertThatThrownBy(
                        () -> report.writeTolerance(path.resolve("model.yaml")))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aTorchScriptModelIsCheckedOnItsOwnEngine() throws Exception {
        new Folder(path)
                .with(
                        "model.pt",
                        TorchFile.dense(new float[] {1, 2, 3, 4, 5, 6}, new float[] {0.5f, -10}))
                .manifest("engine: pytorch\n" + FACE + GOLDEN);

        CheckReport report = CheckReport.of(path, CACHE);

        assertThat(report.problems()).isEmpty();
        assertThat(report.facts()).containsEntry("engine", "pytorch-2.7.1");
    }

    @Test
    void anAxisThatIsNoBatchIsFoundOut() throws Exception {
        byte[] summing =
                new OnnxFile()
                        .input("x", OnnxFile.FLOAT, "n", 3)
                        .output("y", OnnxFile.FLOAT, "n", 3)
                        .node("Softmax", List.of("x"), "s")
                        .node("CumSum", List.of("s", "axis"), "y")
                        .integer("axis", 0)
                        .bytes();
        new Folder(path).with("model.onnx", summing).manifest("engine: onnx\ntask: tensors\n");

        assertThat(CheckReport.of(path, CACHE).problems())
                .anyMatch(problem -> problem.startsWith("a batch of 2 differs from its items"));
    }

    @Test
    void whatCannotBeLoadedIsReportedInWords() throws Exception {
        onnx("golden: {text: clay, start: [1]}");

        assertThat(CheckReport.of(path, CACHE).problems())
                .containsExactly(
                        "the golden sample 1 cannot be used: it is no input for this task");
    }

    private void onnx(String more) throws Exception {
        new Folder(path)
                .with(
                        "model.onnx",
                        OnnxFile.dense(new float[] {1, 2, 3, 4, 5, 6}, new float[] {0.5f, -10}))
                .manifest("engine: onnx\n" + FACE + more);
    }
}
