package dev.kiln.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.bittensor.keys.Keyfile;
import dev.kiln.bittensor.keys.Ss58;
import dev.kiln.bittensor.wire.Answer;
import dev.kiln.bittensor.wire.RequestSigner;
import dev.kiln.core.Hotkey;
import dev.kiln.core.Time;
import dev.kiln.server.config.Home;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// `kiln serve` as a process: its one line, its signals, its exit codes.
@Timeout(120)
class ProcessIT {
    private static final Pattern READY =
            Pattern.compile(
                    "ready http://127\\.0\\.0\\.1:([0-9]+) hotkey (5\\w{47}) model minilm@[0-9a-f]{64}");
    private static final byte[] NOTHING = {};

    @TempDir private Path home = Path.of("");

    private record Ready(int port, Hotkey hotkey, RequestSigner signer) {
        Answer call(byte[] body) throws Exception {
            var request = signer.sign("POST", Rig.EMBEDDINGS, body, hotkey);
            return RawHttp.ask(port, "POST", Rig.EMBEDDINGS, request.headers(), body);
        }

        String page(String path) throws Exception {
            return new String(
                    RawHttp.ask(port, "GET", path, List.of(), NOTHING).body(),
                    StandardCharsets.UTF_8);
        }

        void await(String path, String text) throws Exception {
            long began = System.nanoTime();
            while (!page(path).contains(text)) {
                assertThat(System.nanoTime() - began)
                        .as("waited for " + text)
                        .isLessThan(30_000_000_000L);
            }
        }
    }

    private Ready ready(Child child) throws Exception {
        String line = child.line();
        assertThat(line).as(child.errors()).isNotNull();
        Matcher ready = READY.matcher(line);
        assertThat(ready.matches()).as(line).isTrue();
        return new Ready(
                Integer.parseInt(ready.group(1)),
                Ss58.hotkey(ready.group(2)),
                new RequestSigner(
                        Keyfile.read(new Home(home).developmentValidator()), Time.SYSTEM));
    }

    private static byte[] slowBody() {
        String text = "\"%s\"".formatted("many words ".repeat(60));
        return "{\"input\":[%s]}"
                .formatted((text + ",").repeat(31) + text)
                .getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void sigtermLosesNothingThatWasAccepted() throws Exception {
        try (var child =
                new Child(home, "serve", "--port", "0", "--set", "routes[0].deadline=120s")) {
            Ready ready = ready(child);
            List<Callable<Integer>> calls = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                calls.add(() -> ready.call(slowBody()).status());
            }
            try (var threads = Executors.newFixedThreadPool(6)) {
                List<Future<Integer>> answers = calls.stream().map(threads::submit).toList();
                ready.await("/metrics", "kiln_inside 6.0");

                child.terminate();
                ready.await("/readyz", "\"state\":\"draining\"");
                Answer late = ready.call("{\"input\":\"a\"}".getBytes(StandardCharsets.UTF_8));

                assertThat(late.status()).isEqualTo(503);
                assertThat(Rig.code(late)).isEqualTo("SERVER_DRAINING");
                for (Future<Integer> answer : answers) {
                    assertThat(answer.get()).isEqualTo(200);
                }
            }
            assertThat(child.line()).as("one line on standard output, no more").isNull();
            assertThat(child.exit()).as(child.errors()).isZero();
        }
        try (var again = new Child(home, "serve", "--port", "0")) {
            ready(again);
            assertThat(again.errors()).contains("clean").doesNotContain("unclean");
        }
    }

    @Test
    void aSecondSignalCutsTheDrainShort() throws Exception {
        try (var child = new Child(home, "serve", "--port", "0", "--set", "drain.grace=60s")) {
            Ready ready = ready(child);

            child.terminate();
            ready.await("/readyz", "draining");
            assertThat(ready.call("{\"input\":\"a\"}".getBytes(StandardCharsets.UTF_8)).status())
                    .as("calls are served during the grace")
                    .isEqualTo(200);
            child.terminate();

            assertThat(child.exit()).isEqualTo(1);
        }
    }

    @Test
    void aStateFolderIsOneServersUntilItsProcessEnds() throws Exception {
        Path state = new Home(home).state(true);
        try (var first = new Child(home, "serve", "--port", "0")) {
            Ready serving = ready(first);
            try (var second = new Child(home, "serve", "--port", "0");
                    var beside =
                            new Child(
                                    home,
                                    "serve",
                                    "--port",
                                    "0",
                                    "--state",
                                    home.resolve("two").toString())) {
                assertThat(second.line()).isNull();
                assertThat(second.exit()).isEqualTo(2);
                assertThat(second.errors())
                        .contains("nothing was started")
                        .contains(state + " is used by another kiln serve, process " + first.pid())
                        .contains("kiln serve --state FOLDER --port N");
                ready(beside);
            }
            assertThat(serving.call("{\"input\":\"a\"}".getBytes(StandardCharsets.UTF_8)).status())
                    .isEqualTo(200);
            first.kill();
        }
        try (var again = new Child(home, "serve", "--port", "0")) {
            ready(again);
        }
    }

    @Test
    void aPortInUseIsNamed() throws Exception {
        try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                var child =
                        new Child(
                                home, "serve", "--port", Integer.toString(taken.getLocalPort()))) {
            assertThat(child.exit()).isEqualTo(1);
            assertThat(child.errors())
                    .contains("cannot listen on 127.0.0.1:" + taken.getLocalPort())
                    .contains("--port N");
        }
    }

    @Test
    void aModelThatIsNotThereIsNamed() throws Exception {
        try (var child =
                new Child(
                        home,
                        "serve",
                        "--port",
                        "0",
                        "--set",
                        "models[0].source=" + home.resolve("gone"))) {
            assertThat(child.line()).isNull();
            assertThat(child.exit()).isEqualTo(1);
            assertThat(child.errors()).contains(home.resolve("gone").toString());
        }
    }

    @Test
    void aWrongConfigurationStartsNothing() throws Exception {
        try (var child =
                new Child(home, "serve", "--set", "server.prot=1", "--set", "drain.grace=5")) {
            assertThat(child.exit()).isEqualTo(2);
            assertThat(child.errors()).contains("2 problems, nothing was started");
        }
    }

    @Test
    void aStateFolderThatCannotBeWrittenIsAWarningForEachThingThatNeedsIt() throws Exception {
        Path file = Files.writeString(home.resolve("file"), "not a folder");
        try (var child =
                new Child(
                        home,
                        "serve",
                        "--port",
                        "0",
                        "--set",
                        "state.folder=" + file.resolve("state"))) {
            ready(child);
            child.terminate();

            assertThat(child.exit()).isEqualTo(1);
            assertThat(child.errors().lines().filter(line -> line.contains("WARN")))
                    .as(child.errors())
                    .hasSizeBetween(1, 4);
        }
    }

    @Test
    void aHomeThatCannotBeMadeIsAnError() throws Exception {
        Path file = Files.writeString(home.resolve("file"), "not a folder");
        try (var child = new Child(home, "serve", "--port", "0", "--set", "hotkey.file=" + file)) {
            assertThat(child.exit()).isEqualTo(2);
            assertThat(child.errors()).contains("hotkey.file");
        }
    }
}
