package dev.kiln.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What the launcher does itself says how it is used, and does nothing meanwhile.
@Timeout(60)
class LauncherHelpIT {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "bench keys",
                "bench keys check",
                "bench row",
                "bench wire",
                "dist cuda",
                "test",
            })
    void helpIsGivenAndNothingIsDone(String words) throws Exception {
        List<String> command = new ArrayList<>(List.of("../kiln"));
        command.addAll(List.of(words.split(" ", -1)));
        command.add("--help");
        Process asked =
                new ProcessBuilder(command)
                        .directory(Path.of("").toAbsolutePath().toFile())
                        .redirectErrorStream(true)
                        .start();
        String said = new String(asked.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(asked.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(asked.exitValue()).as(said).isZero();
        assertThat(said).startsWith("Usage: kiln " + words.split(" ", -1)[0]);
        assertThat(said).doesNotContain("kiln: compiling").doesNotContain("kiln: building");
    }
}
