package dev.kiln.adapter.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtSession.SessionOptions;
import dev.kiln.adapter.engine.Placement;
import dev.kiln.core.model.ModelFault;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Where nodes ran, by the runtime's own profile; the lines of a GPU are made up, those of the processor are real.
class SessionProfileTest {
    private static final String LINE =
            "{\"cat\" : \"Node\",\"name\" :\"x_kernel_time\",\"args\" : {\"op_name\" : \"%s\",\"provider\" : \"%sExecutionProvider\"}},";

    @Test
    void theShareOfAGpuIsCountedWithoutCopies() {
        var placement =
                placement(
                        "cuda:0",
                        LINE.formatted("MatMul", "CUDA"),
                        LINE.formatted("Add", "CUDA"),
                        LINE.formatted("Gemm", "CUDA"),
                        LINE.formatted("Shape", "CPU"),
                        LINE.formatted("MemcpyToHost", "CUDA"),
                        "{\"cat\" : \"Session\",\"name\" :\"model_run\"},");

        assertThat(placement).isEqualTo(new Placement("cuda:0", 75));
    }

    @Test
    void aSessionThatFellBackSilentlyIsOneOfTheProcessor() {
        var placement =
                placement("cuda:0", LINE.formatted("MatMul", "CPU"), LINE.formatted("Add", "CPU"));

        assertThat(placement).isEqualTo(new Placement("cpu", 100));
    }

    @Test
    void withoutAnyRunNothingIsKnown() {
        assertThat(placement("cpu", "[")).isEqualTo(new Placement("cpu", Placement.UNKNOWN));
    }

    @Test
    void aRealSessionsProfileNamesTheProcessor() throws Exception {
        try (var model = EmbeddedMinilm.open(64, List.of())) {
            assertThat(model.info().device().percent()).isEqualTo(Placement.UNKNOWN);
        }
        var product = GoldenProduct.compute("cpu");

        assertThat(product.placement()).isEqualTo(new Placement("cpu", 100));
        assertThat(product.micros()).isPositive();
    }

    @Test
    void aBuildForTheProcessorSaysThatItHasNoOther() {
        assertThat(Cuda.inBuild()).isFalse();
        assertThatThrownBy(() -> GoldenProduct.compute("cuda:0"))
                .isInstanceOf(ModelFault.class)
                .hasMessage(Cuda.NOT_IN_BUILD);
    }

    @Test
    void aGpuWithoutAReadableProfileIsAFaultAndNotWhatWasAskedFor() throws Exception {
        for (String line : List.of("[", "{\"cat\" : \"Session\",\"name\" :\"model_run\"},")) {
            var empty = placement("cuda:0", line);

            assertThat(empty.percent()).isEqualTo(Placement.UNKNOWN);
            assertThatThrownBy(empty::believed)
                    .isInstanceOf(ModelFault.class)
                    .hasMessageStartingWith(
                            "no profile: what the provider took cannot be read, so cuda:0");
        }
        assertThat(placement("cpu", "[").believed().device()).isEqualTo("cpu");
    }

    @Test
    void aSessionForAGpuIsNotBelievedWhereItsProfileIsGoneOrNeverWas(@TempDir Path folder)
            throws Exception {
        var never = ran("cuda:0", List.of(folder.resolve("missing")));
        var gone = ran("cuda:0", List.of(folder));
        try (var files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }

        for (OpenSession session : List.of(never, gone)) {
            assertThatThrownBy(session::placement)
                    .isInstanceOf(ModelFault.class)
                    .hasMessageContaining("no profile");
            session.close();
        }
    }

    @Test
    void theProfileGoesToTheFirstFolderThatTakesFilesAndIsDeleted(@TempDir Path folder)
            throws Exception {
        Path notAFolder = Files.writeString(folder.resolve("file"), "");
        Path takes = Files.createDirectory(folder.resolve("takes"));
        Path spare = Files.createDirectory(folder.resolve("spare"));
        var session = ran("cuda:0", List.of(notAFolder, takes, spare));
        assertThat(takes).isNotEmptyDirectory();

        assertThat(session.placement()).isEqualTo(new Placement("cpu", 100));

        session.close();
        assertThat(takes).isEmptyDirectory();
        assertThat(spare).isEmptyDirectory();
    }

    @Test
    void kilnsOwnFolderComesBeforeThatOfPassingFiles() {
        assertThat(SessionProfile.folders(Map.of("KILN_HOME", "/data")))
                .containsExactly(Path.of("/data"), Path.of(System.getProperty("java.io.tmpdir")));
        assertThat(SessionProfile.folders(Map.of()).getFirst())
                .isEqualTo(Path.of(System.getProperty("user.home"), ".kiln"));
    }

    /// A session of the processor that takes itself for one of another device, after one run.
    private static OpenSession ran(String device, List<Path> folders) throws Exception {
        try (var options = new SessionOptions()) {
            boolean profiled = SessionProfile.begin(options, folders);
            byte[] graph = OnnxFile.dense(new float[] {1, 2}, new float[] {0, 0});
            var session = Sessions.environment().createSession(graph, options);
            try (var x = OnnxTensor.createTensor(Sessions.environment(), new float[][] {{1}});
                    var result = session.run(Map.of("x", x))) {
                assertThat(result.size()).isEqualTo(1);
            }
            return new OpenSession(session, device, profiled);
        }
    }

    private static Placement placement(String device, String... lines) {
        return SessionProfile.placement(Stream.of(lines), device);
    }
}
