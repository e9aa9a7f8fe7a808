package dev.kiln.loadtest.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.kiln.bittensor.keys.KeyPair;
import dev.kiln.bittensor.keys.Keyfile;
import dev.kiln.core.Scheme;
import dev.kiln.loadtest.cli.Console.Said;
import dev.kiln.loadtest.report.LoadJson;
import dev.kiln.loadtest.report.LoadRun;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Real miners that are not ours: SDK 10's own Axon, and FastAPI with SDK 11's verifier. Need `.venv10` and
/// `.venv-fastapi` at the repository's root, made by `interop/setup 10` and `interop/setup fastapi`; without them these
/// tests are skipped, or fail where `KILN_REQUIRE_INTEROP=1`.
@Timeout(300)
class CounterpartIT {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

    @TempDir private Path folder = Path.of("");

    private Path key = Path.of("");
    private String caller = "";

    /// One kind of miner.
    enum Kind {
        AXON("sdk10-axon", ".venv10", "axon_miner.py", "10", "clock-axon-future"),
        FASTAPI("fastapi", ".venv-fastapi", "fastapi_miner.py", "fastapi", "sig-wrapped");

        private final String target;
        private final String venv;
        private final String script;
        private final String setup;
        private final String lets;

        Kind(String target, String venv, String script, String setup, String lets) {
            this.target = target;
            this.venv = venv;
            this.script = script;
            this.setup = setup;
            this.lets = lets;
        }
    }

    @BeforeEach
    void makeKey() throws Exception {
        key = folder.resolve("validator");
        KeyPair pair = KeyPair.generate(Scheme.SR25519);
        Keyfile.write(key, pair, false);
        caller = pair.hotkey().ss58();
    }

    @ParameterizedTest
    @EnumSource
    void itIsLoadedAndItsAnswersAreJudged(Kind kind) throws Exception {
        try (var miner = new Counterpart(kind, caller)) {
            Path json = folder.resolve("run.json");
            Said said = load(miner, "--json=" + json);
            LoadRun run = LoadJson.read(json);

            // Vectors made of digests are well-formed, its own under load, and worth nothing.
            assertThat(run.totals().answered())
                    .as(said.all())
                    .isEqualTo(run.totals().offered())
                    .isPositive();
            assertThat(run.totals().failures().unsigned()).isEqualTo(run.totals().answered());
            assertThat(run.verdict().reasons())
                    .hasSize(1)
                    .allMatch(why -> why.startsWith("quality: ROC AUC"));
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatIsNotJudgedPasses(Kind kind) throws Exception {
        try (var miner = new Counterpart(kind, caller)) {
            Path json = folder.resolve("run.json");
            Said said = load(miner, "--expect=anything", "--json=" + json);
            LoadRun run = LoadJson.read(json);

            assertThat(run.verdict().reasons()).as(said.all()).isEmpty();
            assertThat(run.totals().good()).isEqualTo(run.totals().offered()).isPositive();
        }
    }

    @ParameterizedTest
    @EnumSource
    void whyDerivesItsScore(Kind kind) throws Exception {
        try (var miner = new Counterpart(kind, caller)) {
            List<String> words = new ArrayList<>(List.of("why", "--json"));
            words.addAll(miner.asked(key));
            words.addAll(shortRun());
            Said said = Console.run(words.toArray(String[]::new));
            JsonNode why = new ObjectMapper().readTree(said.out());

            // On a busy box the run may be void as well; that gate comes first.
            assertThat(said.out()).as(said.err()).contains("\"quality is over its bar\"");
            assertThat(why.path("gates").valueStream())
                    .anyMatch(gate ->
                            gate.path("name").asText().equals("quality is over its bar")
                                    && !gate.path("holds").asBoolean());
            assertThat(said.code()).isNotZero();
            assertThat(why.path("score").asDouble()).isZero();
        }
    }

    /// What stands out in docs/measurements: what they let through is printed by name, and honest callers are served.
    @ParameterizedTest
    @EnumSource
    void itIsAttackedAndWhatItLetsThroughIsNamed(Kind kind) throws Exception {
        try (var miner = new Counterpart(kind, caller)) {
            List<String> words =
                    new ArrayList<>(
                            List.of(
                                    "attack",
                                    "run",
                                    "--json",
                                    "--only={honest,sig,clock,replay}*"));
            words.addAll(miner.asked(key));
            Said said = Console.run(words.toArray(String[]::new));
            JsonNode report = new ObjectMapper().readTree(said.out());
            var accepted = new TreeSet<String>();
            var refused = new TreeSet<String>();
            for (JsonNode each : report.path("cases")) {
                (each.path("ok").asBoolean() ? refused : accepted).add(each.path("name").asText());
            }

            assertThat(report.path("tried").asInt()).as(said.err()).isGreaterThan(20);
            assertThat(refused).contains("honest", "sig-bit-r", "sig-bit-s", "replay-pair");
            assertThat(accepted).contains("sig-twice", kind.lets);
            accepted.forEach(name -> assertThat(said.err()).contains(name));
        }
    }

    private Said load(Counterpart miner, String... more) {
        List<String> words = new ArrayList<>(List.of("load", "run"));
        words.addAll(miner.asked(key));
        words.addAll(shortRun());
        words.addAll(List.of(more));
        return Console.run(words.toArray(String[]::new));
    }

    /// Long enough for pairs of both kinds, patient on a busy box. One connection keeps requests in order: the Axon
    /// refuses whatever was overtaken.
    private static List<String> shortRun() {
        return List.of(
                "--connections=1",
                "--rate=15",
                "--seconds=4",
                "--warm-up=0s",
                "--deadline=30s",
                "--timeout=60s",
                "--pin=none");
    }

    /// The miner as a child process.
    private static final class Counterpart implements AutoCloseable {
        private final Kind kind;
        private final Process process;
        private final URI url;
        private final String hotkey;

        Counterpart(Kind kind, String allowed) throws Exception {
            this.kind = kind;
            Path python = ROOT.resolve(kind.venv).resolve("bin/python");
            if (!Files.isExecutable(python)) {
                String reason =
                        "no %s at the repository's root; run interop/setup %s to make it"
                                .formatted(kind.venv, kind.setup);
                if ("1".equals(System.getenv("KILN_REQUIRE_INTEROP"))) {
                    fail(reason);
                }
                assumeTrue(false, reason);
            }
            int port = freePort();
            Path script = ROOT.resolve("interop/counterparts").resolve(kind.script);
            var builder =
                    new ProcessBuilder(
                                    python.toString(),
                                    script.toString(),
                                    "--port",
                                    Integer.toString(port),
                                    "--allow",
                                    allowed)
                            .redirectError(ProcessBuilder.Redirect.DISCARD);
            builder.environment().putAll(Map.of("READ_ONLY", "1"));
            this.process = builder.start();
            BufferedReader lines = process.inputReader(StandardCharsets.UTF_8);
            String ready = lines.readLine();
            while (ready != null && !ready.startsWith("ready ")) {
                ready = lines.readLine();
            }
            if (ready == null) {
                throw new IOException(kind.script + " ended before it was ready");
            }
            String[] parts = ready.split(" ", -1);
            this.url = URI.create(parts[1]);
            this.hotkey = parts[3];
            awaitListening(port);
        }

        private static int freePort() throws IOException {
            try (var socket = new ServerSocket(0)) {
                return socket.getLocalPort();
            }
        }

        private void awaitListening(int port) throws IOException {
            long end = System.nanoTime() + 60_000_000_000L;
            while (true) {
                try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                    assertThat(socket.isConnected()).isTrue();
                    return;
                } catch (IOException e) {
                    if (System.nanoTime() > end || !process.isAlive()) {
                        throw e;
                    }
                    Thread.onSpinWait();
                }
            }
        }

        List<String> asked(Path key) {
            return List.of(
                    "--against",
                    url.toString(),
                    "--target",
                    kind.target,
                    "--miner",
                    hotkey,
                    "--key",
                    key.toString());
        }

        @Override
        public void close() {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly().onExit().join();
        }
    }
}
