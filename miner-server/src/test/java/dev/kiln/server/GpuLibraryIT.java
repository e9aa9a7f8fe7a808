package dev.kiln.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The build for GPUs where there is none: ONNX Runtime's own CUDA library on the class path, in a real process. The
/// library is 642 MB; fetch it with `mvn dependency:get -Dartifact=com.microsoft.onnxruntime:onnxruntime_gpu:1.29.0`.
@Timeout(300)
class GpuLibraryIT {
    private static final String VERSION = "1.29.0";
    private static final Path JAR =
            Path.of(
                    System.getProperty("user.home"),
                    ".m2/repository/com/microsoft/onnxruntime/onnxruntime_gpu/%s/onnxruntime_gpu-%s.jar"
                            .formatted(VERSION, VERSION));
    private static final Pattern READY = Pattern.compile("ready http://127\\.0\\.0\\.1:([0-9]+) ");

    @TempDir private Path home = Path.of("");

    @BeforeEach
    void library() {
        if (System.getenv("KILN_REQUIRE_GPU_LIBRARY") == null) {
            assumeThat(JAR).exists();
            assumeThat(Path.of("/dev/nvidia0")).doesNotExist();
        }
    }

    @Test
    void theServerStartsSaysThatItFellBackAndAnswers() throws Exception {
        Process server = serve("--set", "models[0].device=cuda");
        try {
            String page = page(server);

            assertThat(page)
                    .contains("\"state\":\"degraded\"")
                    .contains(
                            "\"requested\":\"cuda\",\"active\":\"cpu\",\"proved\":\"cpu\",\"percent\":100,\"fell_back\":true");
            assertThat(log())
                    .contains(
                            "device requested cuda, active cpu, 100 % of its nodes, proved cpu; degraded: ");
        } finally {
            end(server);
        }
    }

    @Test
    void autoOnAMachineWithoutGpuIsReady() throws Exception {
        Process server = serve("--set", "models[0].device=auto");
        try {
            assertThat(page(server)).contains("\"state\":\"ready\"", "\"active\":\"cpu\"");
        } finally {
            end(server);
        }
    }

    @Test
    void whoRequiresAGpuIsToldWhyThereIsNone() throws Exception {
        Process server =
                serve("--set", "models[0].device=cuda:0", "--set", "models[0].require-gpu=true");

        assertThat(server.waitFor(200, TimeUnit.SECONDS)).isTrue();
        assertThat(server.exitValue()).isEqualTo(1);
        assertThat(log()).contains("require-gpu = true, and it would compute on cpu: ");
    }

    private Process serve(String... more) throws Exception {
        String path =
                Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator, -1))
                        .map(entry ->
                                entry.matches(".*/onnxruntime-[0-9.]+\\.jar")
                                        ? JAR.toString()
                                        : entry)
                        .collect(Collectors.joining(File.pathSeparator));
        assertThat(path).contains("onnxruntime_gpu");
        List<String> command =
                new ArrayList<>(
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "--enable-native-access=ALL-UNNAMED",
                                "-Djava.io.tmpdir=" + Files.createDirectories(home.resolve("tmp")),
                                "-cp",
                                path,
                                Main.class.getName(),
                                "serve",
                                "--port",
                                "0"));
        command.addAll(List.of(more));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().put("KILN_HOME", home.resolve("kiln").toString());
        builder.environment().put("BT_WALLET_PATH", home.resolve("wallets").toString());
        return builder.redirectError(home.resolve("log").toFile())
                .redirectOutput(home.resolve("out").toFile())
                .start();
    }

    private String page(Process server) throws Exception {
        while (true) {
            Matcher ready = READY.matcher(Files.readString(home.resolve("out")));
            if (ready.find()) {
                int port = Integer.parseInt(ready.group(1));
                byte[] body = RawHttp.ask(port, "GET", "/readyz", List.of(), new byte[0]).body();
                return new String(body, StandardCharsets.UTF_8);
            }
            assertThat(server.isAlive()).as(log()).isTrue();
            Thread.onSpinWait();
        }
    }

    private String log() throws Exception {
        return Files.readString(home.resolve("log"));
    }

    private static void end(Process server) throws Exception {
        server.destroy();
        assertThat(server.waitFor(60, TimeUnit.SECONDS)).isTrue();
    }
}
