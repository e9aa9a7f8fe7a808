package dev.kiln.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// `kiln call --stream` against our own server, both as processes of their own. It stands here because server and
/// harness share no class path anywhere else.
class StreamedCallIT {
    @TempDir private Path home = Path.of("");

    private Process start(String main, String... words) throws Exception {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("--enable-native-access=ALL-UNNAMED");
        command.add("--sun-misc-unsafe-memory-access=allow");
        command.add("-Xmx256m");
        command.add(main);
        command.addAll(List.of(words));
        var builder = new ProcessBuilder(command);
        builder.environment().put("KILN_HOME", home.toString());
        builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
        builder.redirectError(ProcessBuilder.Redirect.INHERIT);
        return builder.start();
    }

    private String said(String main, int code, String... words) throws Exception {
        Process process = start(main, words);
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(out).isEqualTo(code);
        return out;
    }

    @Test
    @Timeout(300)
    void piecesComeAsTheyAreReadyAndTheReceiptBehindThemHolds() throws Exception {
        Process server =
                start(
                        "dev.kiln.server.Main",
                        "serve",
                        "--port",
                        "0",
                        "--set",
                        "synapses[0].stream=lines");
        try (BufferedReader lines = server.inputReader(StandardCharsets.UTF_8)) {
            String ready = String.valueOf(lines.readLine());
            assertThat(ready).startsWith("ready ");
            String url = ready.split(" ", 3)[1];

            String out =
                    said(
                            "dev.kiln.loadtest.Main",
                            0,
                            "call",
                            url,
                            "a text",
                            "another",
                            "--dialect",
                            "axon",
                            "--stream");

            assertThat(out)
                    .contains("piece 1", "2 vectors of 384 numbers", "receipt    verified")
                    .contains("content_type text/event-stream");
        } finally {
            server.destroy();
            server.waitFor();
        }
    }
}
