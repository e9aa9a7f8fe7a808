package dev.kiln.adapter.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.kiln.adapter.onnx.OnnxFile;
import dev.kiln.adapter.pytorch.TorchFile;
import dev.kiln.core.model.DType;
import dev.kiln.core.model.ModelInput;
import dev.kiln.core.model.ModelOutput;
import dev.kiln.core.model.Purpose;
import dev.kiln.core.model.Tensor;
import dev.kiln.core.model.TensorSpec;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Folders of raw tensors on both engines, and the ways in which what they declare can be wrong.
class BringYourOwnTest {
    private static final Path CACHE = Path.of("target", "test-cache");
    private static final float[] WEIGHTS = {1, 2, 3, 4, 5, 6};
    private static final float[] BIAS = {0.5f, -10};

    private static final String FACE =
            """
            inputs:
              - {name: x, dtype: fp32, shape: [-1, 3]}
            outputs:
              - {name: y, dtype: FP32, shape: [-1, 2]}
            """;
    private static final String GOLDEN =
            """
            golden:
              - name: ones
                inputs: {x: {shape: [1, 3], data: [1, 1, 1]}}
                outputs: {y: {shape: [1, 2], data: [9.5, 2]}}
              - name: from a file
                inputs: {x: {shape: [2, 3], file: golden/x.bin}}
                outputs: {y: {shape: [2, 2], data: [[9.5, 2], [0.5, 0]]}}
                tolerance: 1e-6
            """;

    @TempDir private Path path;

    @Test
    void anOnnxFileIsServedAsRawTensors() throws Exception {
        onnx(FACE + GOLDEN);

        itComputes("onnxruntime-");
    }

    @Test
    void anOnnxFileNeedNotDeclareItsFace() throws Exception {
        onnx(GOLDEN);

        itComputes("onnxruntime-");
    }

    @Test
    void aTorchScriptFileIsServedAsRawTensors() throws Exception {
        torch(FACE + GOLDEN);

        itComputes("pytorch-");
    }

    private void itComputes(String engine) throws Exception {
        try (var model = Models.open(new Folder(path).settings(), CACHE)) {
            assertThat(model.info().engine()).startsWith(engine);
            assertThat(model.info().device().proved()).isEqualTo("cpu");
            assertThat(model.info().purpose())
                    .isEqualTo(
                            new Purpose.Tensors(
                                    List.of(new TensorSpec("x", DType.FP32, List.of(-1L, 3L))),
                                    List.of(new TensorSpec("y", DType.FP32, List.of(-1L, 2L)))));
            var input = new ModelInput.Tensors(List.of(floats("x", List.of(1L, 3L), 0, 0, 2)));
            var output =
                    model.run(List.of(model.prepare(input)))
                            .getFirst()
                            .as(ModelOutput.Tensors.class);
            assertThat(output.tensors().getFirst().data().getFloat()).isEqualTo(10.5f);
        }
    }

    @Test
    void aGoldenSampleThatComesOutWrongStopsTheLoad() throws Exception {
        onnx(GOLDEN.replace("[9.5, 2]}}", "[9.5, 3]}}"));

        assertThat(failure())
                .contains("model.onnx  the golden sample ones came out wrong alone")
                .contains("a number differs by 1.00e+00, tolerance 1.00e-04");
    }

    @Test
    void wrongShapesTypesAndNamesAreAllNamed() throws Exception {
        onnx(FACE.replace("3]", "4]").replace("name: y", "name: z"));

        assertThat(failure())
                .contains("model.onnx  is not what model.yaml declares: ")
                .contains("inputs.x = FP32 [-1, 4], the model has FP32 [-1, 3]")
                .contains("outputs.z does not exist, the model has [y]")
                .contains("outputs lacks y, which the model has");

        onnx(FACE.replace("dtype: fp32", "dtype: int64"));

        assertThat(failure()).contains("inputs.x = INT64 [-1, 3], the model has FP32 [-1, 3]");
    }

    @Test
    void aTorchScriptFileOfAnotherFaceFailsItsGoldenSample() throws Exception {
        torch(FACE.replace("[-1, 2]", "[-1, 5]") + GOLDEN);

        assertThat(failure())
                .contains("model.pt  output y is FP32 [1, 2], the model declares FP32 [-1, 5]");
    }

    @Test
    void aTorchScriptFileHasToDeclareItsFace() throws Exception {
        torch(GOLDEN);

        assertThat(failure())
                .contains("inputs  and outputs must be stated, a TorchScript file does not");
    }

    @Test
    void aFileThatTheManifestDoesNotPinIsNotUsed() throws Exception {
        onnx(GOLDEN.replace("golden/x.bin", "golden/other.bin"));

        assertThat(failure())
                .contains(
                        "golden[1].inputs.x.file = \"golden/other.bin\"  must be pinned in files");
    }

    @Test
    void aGoldenSampleForAnotherTaskIsRefused() throws Exception {
        onnx("golden: {text: clay, start: [1]}");

        assertThat(failure())
                .contains("the golden sample 1 cannot be used: it is no input for this task");
    }

    private void onnx(String more) throws Exception {
        folder().with("model.onnx", OnnxFile.dense(WEIGHTS, BIAS))
                .manifest("engine: onnx\ntask: tensors\n" + more);
    }

    private void torch(String more) throws Exception {
        folder().with("model.pt", TorchFile.dense(WEIGHTS, BIAS))
                .manifest("engine: pytorch\ntask: tensors\n" + more);
    }

    private Folder folder() throws Exception {
        Files.deleteIfExists(path.resolve("model.yaml"));
        var x = ByteBuffer.allocate(24).order(ByteOrder.LITTLE_ENDIAN);
        x.asFloatBuffer().put(new float[] {1, 1, 1, 0, 0, 0});
        return new Folder(path).with("golden/x.bin", x.array());
    }

    private static Tensor floats(String name, List<Long> shape, float... elements) {
        var bytes = ByteBuffer.allocate(elements.length * 4).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(elements);
        return new Tensor(name, DType.FP32, shape, bytes);
    }

    private String failure() {
        var failure =
                catchThrowableOfType(
                        ModelLoadException.class,
                        () -> Models.open(new Folder(path).settings(), CACHE).close());
        return String.valueOf(failure.getMessage());
    }
}
