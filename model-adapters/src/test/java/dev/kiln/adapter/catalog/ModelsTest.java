package dev.kiln.adapter.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.kiln.core.model.ModelInput;
import dev.kiln.core.model.Purpose;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelsTest {
    private static final String GRAPH =
            "759c3cd2b7fe7e93933ad23c4c9181b7396442a2ed746ec7c1d46192c469c46e";

    @TempDir private Path cache;

    @Test
    void theEmbeddedModelIsUnpackedOnceUnderItsDigest() throws Exception {
        open(ModelSettings.minilm(1));
        Path file = cache.resolve("models").resolve(GRAPH).resolve("all-minilm-l6-v2.onnx");
        var unpacked = Files.getLastModifiedTime(file);
        open(ModelSettings.minilm(1));

        assertThat(Files.getLastModifiedTime(file)).isEqualTo(unpacked);
        try (Stream<Path> beside = Files.list(file.getParent())) {
            assertThat(beside).containsExactly(file);
        }
    }

    @Test
    void theEmbeddedModelSaysWhatItIsAndProvesItsDevice() throws Exception {
        try (var model = Models.open(ModelSettings.minilm(2), cache)) {
            var info = model.info();

            assertThat(info.name()).isEqualTo("minilm");
            assertThat(info.sha256()).isEqualTo(GRAPH);
            assertThat(info.engine()).isEqualTo("onnxruntime-1.29.0");
            assertThat(info.purpose()).isEqualTo(new Purpose.TextEmbedding(384));
            assertThat(info.device().requested()).isEqualTo("auto");
            assertThat(info.device().active()).isEqualTo("cpu");
            assertThat(info.device().proved()).isEqualTo("cpu");
        }
    }

    @Test
    void aDamagedCachedFileIsNamedWithBothDigestsAndUnpackedAgain() throws Exception {
        Path file = cache.resolve("models").resolve(GRAPH).resolve("all-minilm-l6-v2.onnx");
        Files.createDirectories(file.getParent());
        Files.writeString(file, "half a mod");
        try (var log = new LogLines(EmbeddedModel.class)) {
            open(ModelSettings.minilm(1));

            assertThat(log.lines()).hasSize(1);
            assertThat(log.lines().getFirst())
                    .contains(file.toString(), "expected " + GRAPH, "unpacking it again")
                    .containsPattern("has SHA-256 [0-9a-f]{64},");
        }
        assertThat(Files.size(file)).isEqualTo(90_387_606);
    }

    @Test
    void whereTheCacheCannotBeWrittenTheModelIsLoadedFromMemoryWithAWarning() throws Exception {
        Path notAFolder = Files.writeString(cache.resolve("file"), "in the way");
        try (var log = new LogLines(EmbeddedModel.class);
                var model = Models.open(ModelSettings.minilm(1), notAFolder.resolve("below"))) {
            assertThat(log.lines()).hasSize(2).allMatch(line -> line.contains("cannot be used"));
            assertThat(model.run(List.of(model.prepare(new ModelInput.Text("clay"))))).hasSize(1);
        }
    }

    @Test
    void everyWrongSettingIsReportedAtOnce() {
        var settings = new ModelSettings("m", "embedded:minilm", 513, "cuda", 0);

        assertThat(failure(settings))
                .isEqualTo(
                        """
                        model m: 3 problems, the model was not loaded
                          max-tokens = 513  must be from 3 to 512, the most this model can read
                          engine-threads = 0  must be at least 1
                          device = "cuda"  this build carries ONNX Runtime's CPU natives only; build with -Pcuda for a GPU\
                        """);
    }

    @Test
    void unknownDevicesAndSourcesAreRefused() {
        assertThat(failure(new ModelSettings("m", "embedded:minilm", 128, "tpu", 1)))
                .contains("device = \"tpu\"  must be cpu, auto, cuda or cuda:N");
        assertThat(failure(new ModelSettings("m", "embedded:bge", 128, "cpu", 1)))
                .contains(
                        "source = \"embedded:bge\"  no such embedded model; there is embedded:minilm");
        assertThat(
                        failure(
                                new ModelSettings(
                                        "m", cache.resolve("nowhere").toString(), 128, "cpu", 1)))
                .contains("nowhere")
                .contains(
                        "no such file; a source is embedded:minilm or a folder with a model.yaml");
        assertThat(failure(new ModelSettings("m", "a\0b", 128, "cpu", 1)))
                .contains("source is not a path");
    }

    private void open(ModelSettings settings) throws ModelLoadException, IOException {
        Models.open(settings, cache).close();
    }

    private String failure(ModelSettings settings) {
        var failure = catchThrowableOfType(ModelLoadException.class, () -> open(settings));
        return String.valueOf(failure.getMessage());
    }
}
