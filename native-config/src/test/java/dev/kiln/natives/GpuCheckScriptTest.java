package dev.kiln.natives;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Where the script leaves what it found. The Java it starts here finds nothing: what that finds is tested elsewhere.
class GpuCheckScriptTest {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final String NAME = "gpu-check-\\d{4}-\\d\\d-\\d\\d-cpu%s\\.json";

    @TempDir private Path folder;

    private Path script(String at) throws IOException {
        Path script = folder.resolve(at).resolve("gpu-check");
        Files.createDirectories(script.getParent());
        return Files.copy(Path.of("gpu-check"), script);
    }

    private static void java(Path home) throws IOException {
        Files.createDirectories(home.resolve("bin"));
        Path java = Files.writeString(home.resolve("bin/java"), "#!/bin/sh\nexit 0\n");
        Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwx------"));
        Files.writeString(home.resolve("release"), "JAVA_VERSION=\"25.0.3\"\n");
    }

    private Child run(Path script, String... more) throws Exception {
        List<String> command =
                Stream.concat(
                                Stream.of(
                                        "env",
                                        "KILN_JAVA_HOME=" + folder.resolve("jdk"),
                                        "bash",
                                        script.toString(),
                                        "--device",
                                        "cpu",
                                        "--no-torch"),
                                Stream.of(more))
                        .toList();
        return Child.run(command, PATIENCE);
    }

    private static List<String> names(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> String.valueOf(file.getFileName())).sorted().toList();
        }
    }

    @Test
    void anArchiveKeepsResultsBesideItselfAndTwoOfOneDayApart() throws Exception {
        Path script = script("check");
        java(folder.resolve("check/runtime"));

        run(script);
        run(script);

        List<String> names = names(folder.resolve("check/measurements"));
        assertThat(names).hasSize(2);
        assertThat(names.getFirst()).matches(NAME.formatted("-1"));
        assertThat(names.getLast()).matches(NAME.formatted(""));
        assertThat(folder.resolve("check/measurements").resolve(names.getLast()))
                .content()
                .startsWith("[\n{\"section\":\"machine\",\"date\":\"");
    }

    @Test
    void aCheckoutKeepsResultsWithItsMeasurements() throws Exception {
        Path script = script("tree/native-config");
        java(folder.resolve("jdk"));

        run(script);

        List<String> names = names(folder.resolve("tree/docs/measurements"));
        assertThat(names).singleElement().asString().matches(NAME.formatted(""));
    }

    @Test
    void aFileThatIsNamedIsTheOne() throws Exception {
        Path script = script("check");
        java(folder.resolve("check/runtime"));

        run(script, "--out", folder.resolve("mine.json").toString());

        assertThat(folder.resolve("mine.json")).content().contains("\"device\":\"cpu\"");
        assertThat(folder.resolve("check/measurements")).doesNotExist();
    }

    @Test
    void aDashIsTheTerminal() throws Exception {
        Path script = script("check");
        java(folder.resolve("check/runtime"));

        assertThat(run(script, "--out", "-").out()).contains("{\"section\":\"machine\"");
        assertThat(folder.resolve("check/measurements")).doesNotExist();
    }
}
