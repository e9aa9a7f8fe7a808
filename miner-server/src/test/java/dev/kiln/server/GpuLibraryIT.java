package dev.kiln.server;

import static dev.kiln.server.GpuLibrary.PROVIDER;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.kiln.bittensor.keys.Keyfile;
import dev.kiln.bittensor.wire.RequestSigner;
import dev.kiln.core.Hotkey;
import dev.kiln.core.Time;
import dev.kiln.server.config.Home;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The build for GPUs where there is none: a real CUDA library of ONNX Runtime, in a real process. Whichever is there is
/// taken, see [GpuLibrary]; where none is, these tests are skipped, or fail where `KILN_REQUIRE_GPU_LIBRARY=1`.
@Timeout(300)
class GpuLibraryIT {
    private static final Pattern READY = Pattern.compile("ready http://127\\.0\\.0\\.1:([0-9]+) ");

    @TempDir private static Path unpacked = Path.of("");

    private static Optional<GpuLibrary> library = Optional.empty();

    @TempDir private Path home = Path.of("");

    @BeforeAll
    static void library() throws Exception {
        library = GpuLibrary.inRepository();
        if (System.getenv("KILN_REQUIRE_GPU_LIBRARY") == null) {
            assumeThat(library).isPresent();
            assumeThat(Path.of("/dev/nvidia0")).doesNotExist();
        }
        library.orElseThrow().unpack(unpacked);
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

    /// A copy that broke off, as on a full disk. To load such a file may end the process that does.
    @Test
    void aLibraryThatIsCutOffIsNamedAndTheServerAnswersWithoutIt() throws Exception {
        Path cut = Files.createDirectory(home.resolve("cut"));
        try (var files = Files.list(unpacked)) {
            for (Path file : files.toList()) {
                if (!file.endsWith(PROVIDER)) {
                    Files.createSymbolicLink(cut.resolve(file.getFileName()), file);
                }
            }
        }
        long whole = Files.size(unpacked.resolve(PROVIDER));
        try (var from = Files.newInputStream(unpacked.resolve(PROVIDER))) {
            Files.write(cut.resolve(PROVIDER), from.readNBytes(1_000_000));
        }
        assertThat(whole).isGreaterThan(100_000_000);

        Process server = serveWith(cut, "--set", "models[0].device=cuda:0");
        try {
            assertThat(page(server))
                    .contains(
                            "\"ready\":true,\"state\":\"degraded\"",
                            "\"requested\":\"cuda:0\",\"active\":\"cpu\",\"proved\":\"cpu\",\"percent\":100,\"fell_back\":true");
            assertThat(log())
                    .contains("degraded: ", PROVIDER + " is cut off: it has 1000000 bytes");
            assertThat(call(server)).isEqualTo(200);
        } finally {
            end(server);
        }
    }

    /// A signed call of the development validator.
    private int call(Process server) throws Exception {
        page(server);
        Home where = new Home(home.resolve("kiln"));
        byte[] body = "{\"input\":\"clay\"}".getBytes(StandardCharsets.UTF_8);
        Hotkey miner = Keyfile.read(where.developmentHotkey()).hotkey();
        var headers =
                new RequestSigner(Keyfile.read(where.developmentValidator()), Time.SYSTEM)
                        .sign("POST", Rig.EMBEDDINGS, body, miner)
                        .headers();
        return RawHttp.ask(port(), "POST", Rig.EMBEDDINGS, headers, body).status();
    }

    private Process serve(String... more) throws Exception {
        return serveWith(unpacked, more);
    }

    private Process serveWith(Path natives, String... more) throws Exception {
        String path =
                Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator, -1))
                        .map(entry ->
                                entry.matches(".*/onnxruntime-[0-9.]+\\.jar")
                                        ? library.orElseThrow().classes().toString()
                                        : entry)
                        .collect(Collectors.joining(File.pathSeparator));
        assertThat(path).contains(library.orElseThrow().classes().toString());
        List<String> command =
                new ArrayList<>(
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "--enable-native-access=ALL-UNNAMED",
                                "-Donnxruntime.native.path=" + natives,
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
            if (READY.matcher(Files.readString(home.resolve("out"))).find()) {
                byte[] body = RawHttp.ask(port(), "GET", "/readyz", List.of(), new byte[0]).body();
                return new String(body, StandardCharsets.UTF_8);
            }
            assertThat(server.isAlive()).as(log()).isTrue();
            Thread.onSpinWait();
        }
    }

    private int port() throws Exception {
        Matcher ready = READY.matcher(Files.readString(home.resolve("out")));
        assertThat(ready.find()).isTrue();
        return Integer.parseInt(ready.group(1));
    }

    private String log() throws Exception {
        return Files.readString(home.resolve("log"));
    }

    private static void end(Process server) throws Exception {
        server.destroy();
        assertThat(server.waitFor(60, TimeUnit.SECONDS)).isTrue();
    }
}
