package dev.kiln.loadtest.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.kiln.bittensor.keys.KeyPair;
import dev.kiln.bittensor.keys.Keyfile;
import dev.kiln.core.Scheme;
import dev.kiln.loadtest.cli.Console.Said;
import dev.kiln.loadtest.report.LoadJson;
import dev.kiln.loadtest.report.LoadRun;
import dev.kiln.loadtest.traffic.StubMiner;
import dev.kiln.loadtest.traffic.StubMiner.Act;
import dev.kiln.loadtest.traffic.Transport;
import io.vertx.core.Vertx;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The load commands as a user types them: what they write, and every bad input that has a message of its own.
class LoadCommandsIT {
    private static final Vertx VERTX = Vertx.vertx();
    private static final String NOWHERE = "http://127.0.0.1:1";

    @TempDir private Path folder = Path.of("");

    private String key = "";
    private String stranger = "";

    @BeforeEach
    void makeKeys() throws Exception {
        Path file = folder.resolve("validator");
        Keyfile.write(file, KeyPair.generate(Scheme.SR25519), false);
        key = file.toString();
        stranger = KeyPair.generate(Scheme.SR25519).hotkey().ss58();
    }

    @AfterAll
    static void close() throws Exception {
        VERTX.close().toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
    }

    @Test
    void aRunWritesItsReportItsSecondsAndItsHistograms() throws Exception {
        Path json = folder.resolve("run.json");
        Path csv = folder.resolve("run.csv");
        Path hlog = folder.resolve("run.hlog");
        try (var miner = new StubMiner(VERTX, _ -> Act.ANSWER)) {
            Said said =
                    load(
                            miner,
                            "--rate=20",
                            "--seconds=3",
                            "--json=" + json,
                            "--csv=" + csv,
                            "--hlog=" + hlog);
            LoadRun run = LoadJson.read(json);

            assertThat(said.out()).contains("verdict", "goodput", "again", "--rate=20");
            assertThat(said.code()).isEqualTo(run.verdict().exitCode());
            assertThat(run.totals().answered()).isEqualTo(run.totals().offered()).isPositive();
            assertThat(run.setup().target().model().sha256()).isEqualTo(StubMiner.SHA256);
            assertThat(run.served().stages()).anyMatch(each -> each.name().equals("compute"));
            assertThat(Files.readAllLines(csv)).hasSize(4);
            assertThat(Files.readString(hlog)).contains("Interval_Compressed_Histogram", "HISTF");
        }
    }

    @Test
    void anApiKeyIsSentAndItsAnswersAreNotAskedForSignatures() throws Exception {
        Path secret = Files.writeString(folder.resolve("api-key"), "  s3cret-key\n");
        Path json = folder.resolve("run.json");
        var keys = new ConcurrentLinkedQueue<String>();
        try (var server = new PlainKeyServer(VERTX, request -> keys.add(String.valueOf(request)))) {
            Said said =
                    Console.run(
                            "load",
                            "run",
                            "--against=" + server.url(),
                            "--api-key-file=" + secret,
                            "--rate=20",
                            "--seconds=2",
                            "--warm-up=0s",
                            "--pin=none",
                            "--model=stub",
                            "--json=" + json);
            LoadRun run = LoadJson.read(json);

            assertThat(keys).isNotEmpty().containsOnly("Bearer s3cret-key");
            assertThat(run.totals().answered()).isEqualTo(run.totals().offered()).isPositive();
            assertThat(run.totals().failures().unsigned()).isEqualTo(run.totals().answered());
            assertThat(run.setup().target().dialects()).isEqualTo("api-key");
            assertThat(said.all() + Files.readString(json)).doesNotContain("s3cret-key");
        }
    }

    @Test
    void whyAsksAMinerWithTheLoadRunsOwnOptions() throws Exception {
        try (var miner = new StubMiner(VERTX, _ -> Act.ANSWER)) {
            Said said =
                    Console.run(
                            "why",
                            "--json",
                            "--against",
                            miner.url().toString(),
                            "--key",
                            key,
                            "--miner",
                            miner.hotkey().ss58(),
                            "--model",
                            "stub",
                            "--seconds",
                            "2",
                            "--warm-up",
                            "0s",
                            "--pin",
                            "none");
            JsonNode why = new ObjectMapper().readTree(said.out());

            // The stub's vectors mean nothing; that it was asked at 10/s for 2 s stands in the
            // source.
            assertThat(why.path("gates").valueStream())
                    .as(said.all())
                    .anyMatch(gate ->
                            gate.path("name").asText().equals("quality is over its bar")
                                    && !gate.path("holds").asBoolean());
            assertThat(why.path("source").asText()).contains("for 2 s");
        }
    }

    @Test
    void anApiKeyFileThatIsNotThereIsNamed() {
        Said said = at(NOWHERE, "--rate=5", "--api-key-file=" + folder.resolve("none"));

        assertThat(said.out()).contains("API key file", "none cannot be read");
        assertThat(said.code()).isEqualTo(2);
    }

    @Test
    void aSearchNamesACapacityAndWritesIt() throws Exception {
        Path json = folder.resolve("search.json");
        try (var miner = new StubMiner(VERTX, _ -> Act.ANSWER)) {
            Said said =
                    run(
                            miner,
                            "search",
                            "--from=40",
                            "--to=40",
                            "--step-seconds=1",
                            "--expect=anything",
                            "--json=" + json);
            LoadRun run = LoadJson.read(json);
            LoadRun.Search search = run.search();

            assertThat(said.out()).contains("ladder", "bottleneck");
            assertThat(search).isNotNull();
            assertThat(search.points()).extracting(LoadRun.Point::phase).contains("ladder");
            // Where the box was too busy for any step there is nothing to confirm.
            assertThat(search.points().stream().anyMatch(each -> each.phase().equals("confirm")))
                    .isEqualTo(
                            search.points().stream()
                                    .anyMatch(each ->
                                            each.phase().equals("ladder")
                                                    && each.word().equals("meets")));
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--profile=posson --rate=5        | did you mean poisson?",
                "--profile=zigzag --rate=5        | --profile zigzag is unknown. It is one of constant,",
                "--rate=0                         | --rate must be above 0",
                "--rate=-3                        | --rate must be above 0",
                "--rate=NaN                       | --rate must be above 0",
                "--rate=1e9                       | at most 200,000 per second",
                "--seconds=5                      | how many requests per second?",
                "--rate=5 --seconds=0             | --seconds must be from 1",
                "--rate=5 --dialect=btaut         | did you mean btauth?",
                "--rate=5 --lengths=huge          | is no mix of lengths",
                "--rate=5 --good=150%             | --good must be a share",
                "--rate=5 --pay=flat              | is no pay curve",
                "--rate=5 --validators=0          | --validators must be from 1",
                "--rate=5 --validators=3          | kiln load keys",
                "--profile=replay                 | takes its moments from --trace",
                "--rate=5 --start                 | either --against URL or --start",
                "--rate=5 --miner=5abc            | --miner",
                "--rate=5 --json=/nowhere/run.json | /nowhere/run.json cannot be written",
                "--rate=5 --target=vllm           | --target vllm is unknown",
                "--rate=5 --pin=left              | --pin must be auto",
                "--rate=5 --task=embeding         | did you mean embedding?",
                "--rate=5 --task=tensors          | needs --golden FILE",
                "--rate=5 --golden=/nowhere.json --model=m | there is no file of golden tensors /nowhere.json",
                "--rate=5 --inputs=/tmp           | --inputs belongs to --task",
                "--rate=5 --source=magika         | --source belongs to --start",
                "--rate=5 --task=file-type --inputs=/nowhere | there is no folder /nowhere",
                "--rate=5 --task=file-type --dialect=axon | a synapse takes texts only",
            })
    void whatCannotBeIsSaidInOneLineAndEndsWithTwo(String words, String message) {
        List<String> all = new ArrayList<>(List.of("load", "run", "--against=" + NOWHERE));
        all.addAll(List.of(words.strip().split(" +", -1)));
        all.add("--key=" + key);
        if (!words.contains("--miner")) {
            all.add("--miner=" + stranger);
        }
        if (!words.contains("--pin")) {
            all.add("--pin=none");
        }
        Said said = Console.run(all.toArray(String[]::new));

        assertThat(said.all()).contains(message);
        assertThat(said.code()).isEqualTo(2);
    }

    @Test
    void aTraceWithBrokenLinesNamesThem() throws Exception {
        Path trace = Files.writeString(folder.resolve("trace.csv"), "0\nsoon\n3,x\n");

        Said said = at(NOWHERE, "--profile=replay", "--trace=" + trace);

        assertThat(said.out()).contains("2 problems", "line 2: \"soon\"", "line 3");
        assertThat(said.code()).isEqualTo(2);
    }

    @Test
    void anUnreachableHostIsNamed() {
        assertSaid(at(NOWHERE, "--rate=5"), "connection refused: nothing listens there");
        assertSaid(at("http://no-such-host.invalid", "--rate=5"), "unknown host");
    }

    @Test
    void tlsWhereThereIsNoneIsNamed() throws Exception {
        try (var miner = new StubMiner(VERTX, _ -> Act.ANSWER)) {
            String url = miner.url().toString().replace("http:", "https:");

            assertSaid(at(url, "--rate=5"), "no TLS");
        }
    }

    @Test
    void anotherMinersHotkeyIsNamed() throws Exception {
        try (var miner = new StubMiner(VERTX, _ -> Act.FOREIGN_SIGNED)) {
            assertSaid(at(miner.url().toString(), "--rate=5"), "WRONG_SIGNER", "--miner SS58");
        }
    }

    @Test
    void garbageIsNamed() throws Exception {
        try (var server = new RudeServer(RudeServer.says("I do not speak HTTP\r\n\r\n"))) {
            assertSaid(at(server.url(), "--rate=5"), "is it an HTTP server?");
        }
        try (var server =
                new RudeServer(
                        RudeServer.says("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"))) {
            assertSaid(at(server.url(), "--rate=5", "--receipts=off"), "unreadable body");
        }
    }

    @Test
    void aServerThatNeverAnswersIsNamed() throws Exception {
        var over = new CountDownLatch(1);
        try (var server =
                new RudeServer(_ -> {
                    try {
                        over.await(60, TimeUnit.SECONDS);
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                })) {
            assertSaid(at(server.url(), "--rate=5", "--timeout=700ms"), "no answer within 700 ms");
        } finally {
            over.countDown();
        }
    }

    @Test
    void aServerThatClosesMidBodyIsNamed() throws Exception {
        try (var server =
                new RudeServer(
                        RudeServer.says("HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\nabc"))) {
            assertSaid(
                    at(server.url(), "--rate=5"),
                    "connection closed: it hung up before its answer was whole");
        }
    }

    @Test
    void aGibibyteIsNotTaken() throws Exception {
        var sent = new AtomicLong();
        try (var server = new RudeServer(RudeServer.sendsGibibyte(sent))) {
            assertSaid(at(server.url(), "--rate=5", "--timeout=60s"), "answer too large");
            assertThat(sent.get()).isLessThan(4L * Transport.LARGEST_ANSWER);
        }
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void aFullDiskIsNamedAndTheResultIsShownAllTheSame() throws Exception {
        try (var miner = new StubMiner(VERTX, _ -> Act.ANSWER)) {
            Said said = load(miner, "--rate=10", "--seconds=1", "--json=/dev/full");

            assertThat(said.out())
                    .contains("verdict", "/dev/full cannot be written", "is the disk full?");
            assertThat(said.code()).isEqualTo(2);
        }
    }

    @Test
    void keysAreKeptAndPrintedAsARoster() {
        String keys = folder.resolve("keys").toString();
        Said first = Console.run("load", "keys", "--keys", keys, "--validators", "3");

        assertThat(first.out()).hasLineCount(3).contains("permit: true");
        assertThat(Console.run("load", "keys", "--keys", keys, "--validators", "3").out())
                .isEqualTo(first.out());
        assertThat(Console.run("load", "keys", "--keys", key).code()).isEqualTo(2);
    }

    @Test
    void everyLoadCommandHasHelpWithAnExample() {
        for (String command : List.of("run", "search", "keys")) {
            assertThat(Console.run("load", command, "--help").out())
                    .contains("Example:", "Exit codes:");
        }
    }

    private static void assertSaid(Said said, String... words) {
        assertThat(said.out()).contains(words);
        assertThat(said.out().lines().filter(line -> line.startsWith("kiln load run:"))).hasSize(1);
        assertThat(said.code()).isEqualTo(2);
    }

    private Said at(String url, String... words) {
        List<String> all = new ArrayList<>(List.of("load", "run", "--against=" + url));
        all.addAll(List.of(words));
        all.addAll(List.of("--key=" + key, "--miner=" + stranger, "--pin=none"));
        return Console.run(all.toArray(String[]::new));
    }

    private Said load(StubMiner miner, String... words) {
        return run(miner, "run", words);
    }

    private Said run(StubMiner miner, String command, String... words) {
        List<String> all = new ArrayList<>(List.of("load", command, "--against=" + miner.url()));
        all.addAll(
                List.of(
                        "--key=" + key,
                        "--miner=" + miner.hotkey().ss58(),
                        "--model=stub",
                        "--warm-up=0s",
                        "--pin=none"));
        all.addAll(List.of(words));
        return Console.run(all.toArray(String[]::new));
    }
}
