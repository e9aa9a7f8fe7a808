package dev.kiln.loadtest.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.kiln.bittensor.keys.KeyPair;
import dev.kiln.core.Hotkey;
import dev.kiln.core.Scheme;
import dev.kiln.loadtest.report.LoadRun;
import dev.kiln.loadtest.task.TextExaminer;
import dev.kiln.loadtest.traffic.Latencies;
import dev.kiln.loadtest.traffic.Lengths;
import dev.kiln.loadtest.traffic.Speaker;
import dev.kiln.loadtest.traffic.StubMiner;
import dev.kiln.loadtest.traffic.StubMiner.Act;
import dev.kiln.loadtest.traffic.Wording;
import io.vertx.core.Vertx;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/// The harness measured itself: what is planted in a server must come out of the report.
class HarnessIT {
    private static final Vertx VERTX = Vertx.vertx();
    private static final long STALL_MILLIS = 1_400;

    @AfterAll
    static void close() throws Exception {
        VERTX.close().toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
    }

    @Test
    void aPlantedStallAppearsInTheTailOfAnOpenLoopAndHidesFromAClosedOne() throws Exception {
        LoadRun open = stalled(OptionalInt.empty());
        LoadRun closed = stalled(OptionalInt.of(1));

        assertThat(open.latency().corrected().p99Ms()).isGreaterThan(STALL_MILLIS * 0.8);
        assertThat(open.latency().corrected().maxMs()).isGreaterThanOrEqualTo(STALL_MILLIS * 0.95);
        assertThat(closed.setup().plan().loop()).isEqualTo("closed");
        assertThat(closed.latency().corrected().maxMs()).isGreaterThanOrEqualTo(STALL_MILLIS);
        assertThat(closed.latency().corrected().p99Ms()).isLessThan(STALL_MILLIS * 0.8);
    }

    private static LoadRun stalled(OptionalInt inFlight) throws Exception {
        try (var server =
                new PlainServer((number, request, _) -> {
                    if (number == 150) {
                        hold();
                    }
                    PlainServer.answer(request);
                })) {
            return run(anything(server.url()), traffic(100, 5, inFlight), 10);
        }
    }

    /// Stops the server's only thread.
    private static void hold() {
        try {
            TimeUnit.MILLISECONDS.sleep(STALL_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// The delays are drawn beforehand, and the server notes how long each really was on this box, so their percentiles
    /// are known; a run that says of itself that it was late is none to measure by, and is repeated.
    @Test
    void aKnownDistributionIsRecoveredWithinOnePercent() throws Exception {
        var random = new SplittableRandom(5);
        long[] delays = random.longs(4_000, 500, 1_500).toArray();
        long[] real = new long[delays.length];
        LoadRun run = delayed(delays, real);
        for (int i = 0; i < 4 && late(run); i++) {
            run = delayed(delays, real);
        }
        var known = new Latencies();
        for (int i = 0; i < run.totals().answered(); i++) {
            known.record(real[i]);
        }

        assertThat(run.totals().answered()).isEqualTo(run.totals().offered()).isGreaterThan(300);
        for (double percentile : List.of(50.0, 90.0, 99.0)) {
            double expected = known.millisAt(percentile);
            double seen =
                    percentile == 50
                            ? run.latency().corrected().p50Ms()
                            : percentile == 90
                                    ? run.latency().corrected().p90Ms()
                                    : run.latency().corrected().p99Ms();
            assertThat(seen).as("p%.0f", percentile).isCloseTo(expected, within(expected / 100));
        }
    }

    private static boolean late(LoadRun run) {
        return run.latency().lateness().late().p99Ms() > 2;
    }

    /// The probe is the first request; the measured ones follow.
    ///
    /// @param real becomes the nanoseconds that each really took; written by the server's only thread
    private static LoadRun delayed(long[] delays, long[] real) throws Exception {
        try (var server =
                new PlainServer((number, request, vertx) -> {
                    long came = System.nanoTime();
                    int place = Math.max(0, number - 1);
                    vertx.setTimer(
                            number == 0 ? 1 : delays[place],
                            _ -> {
                                real[place] = System.nanoTime() - came;
                                PlainServer.answer(request);
                            });
                })) {
            return run(anything(server.url()), traffic(100, 4, OptionalInt.empty()), 10);
        }
    }

    @Test
    void aThrottledGeneratorVoidsTheRun() throws Exception {
        try (var server = new PlainServer((_, request, _) -> PlainServer.answer(request))) {
            Wording slow =
                    texts -> {
                        hold(25);
                        return "{}".getBytes(StandardCharsets.UTF_8);
                    };
            LoadRun run =
                    run(
                            ask(server.url(), someone(), slow, false, false),
                            traffic(100, 3, OptionalInt.empty()),
                            10);

            assertThat(run.verdict().word()).isEqualTo("void");
            assertThat(run.verdict().exitCode()).isEqualTo(2);
            assertThat(run.verdict().voids()).anyMatch(why -> why.contains("itself was late"));
        }
    }

    private static void hold(long millis) {
        try {
            TimeUnit.MILLISECONDS.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void aFastServerThatIsWrongFails() throws Exception {
        try (var miner =
                new StubMiner(VERTX, number -> number < 2 ? Act.ANSWER : Act.WRONG_VECTORS)) {
            LoadRun run = run(embeddings(miner), traffic(50, 3, OptionalInt.empty()), 30);

            assertThat(run.totals().failures().wrong()).isPositive();
            assertThat(run.totals().good()).isLessThan(run.totals().offered());
            assertThat(run.verdict().reasons())
                    .anyMatch(why -> why.contains("another vector for the same text"));
            assertThat(run.verdict().exitCode()).isNotZero();
        }
    }

    @Test
    void vectorsOfAnotherTextAreCalledCrossTalk() throws Exception {
        try (var miner =
                new StubMiner(VERTX, number -> number < 65 ? Act.ANSWER : Act.SWAPPED_VECTORS)) {
            LoadRun run = run(embeddings(miner), traffic(50, 2, OptionalInt.empty()), 30);

            assertThat(run.totals().quality().crossTalk()).isPositive();
        }
    }

    @Test
    void aServerThatDropsOneInAThousandIsCaught() throws Exception {
        try (var server =
                new PlainServer((number, request, _) -> {
                    if (number % 1_000 == 999) {
                        request.connection().close();
                    } else {
                        PlainServer.answer(request);
                    }
                })) {
            LoadRun run = run(anything(server.url()), traffic(300, 5, OptionalInt.empty()), 30);

            assertThat(run.totals().offered()).isGreaterThan(1_000);
            assertThat(run.totals().failures().lost()).isBetween(1L, 2L);
            assertThat(run.totals().answered() + run.totals().failures().lost())
                    .isEqualTo(run.totals().offered());
            assertThat(run.verdict().reasons()).anyMatch(why -> why.contains("lost"));
        }
    }

    @Test
    void twoRunsOfOneSeedSendTheSameBodies() throws Exception {
        assertThat(bodies()).isNotEmpty().isEqualTo(bodies());
    }

    private static List<String> bodies() throws Exception {
        try (var miner = new StubMiner(VERTX, _ -> Act.ANSWER)) {
            run(embeddings(miner), traffic(40, 2, OptionalInt.empty()), 30);
            return miner.bodies().stream().sorted().toList();
        }
    }

    @Test
    void everyRequestStandsUnderExactlyOneHeading() throws Exception {
        Act[] acts = {
            Act.ANSWER, Act.REFUSE_BUSY, Act.WRONG_VECTORS, Act.UNSIGNED, Act.DROP, Act.ANSWER
        };
        try (var miner =
                new StubMiner(VERTX, number -> number < 2 ? Act.ANSWER : acts[number % 6])) {
            LoadRun run = run(embeddings(miner), traffic(40, 3, OptionalInt.empty()), 30);
            LoadRun.Totals totals = run.totals();
            LoadRun.Failures failures = totals.failures();

            assertThat(
                            totals.answered()
                                    + failures.refused()
                                    + failures.expired()
                                    + failures.wrong()
                                    + failures.unproved()
                                    + failures.lost()
                                    + failures.unsent())
                    .isEqualTo(totals.offered());
            assertThat(run.series().stream().mapToLong(LoadRun.Second::offered).sum())
                    .isEqualTo(totals.offered());
            assertThat(run.validators().stream().mapToLong(each -> each.share().offered()).sum())
                    .isEqualTo(totals.offered());
            assertThat(failures.unproved()).isPositive();
            assertThat(failures.lost()).isPositive();
            assertThat(failures.refused()).isPositive();
        }
    }

    @Test
    void withReceiptsOffUnsignedAnswersAreCountedAndTaken() throws Exception {
        try (var miner = new StubMiner(VERTX, _ -> Act.UNSIGNED)) {
            Ask ask = ask(miner.url(), miner.hotkey(), Wording.embeddings("stub"), false, true);
            LoadRun run = run(ask, traffic(40, 2, OptionalInt.empty()), 30);

            assertThat(run.totals().failures().unproved()).isZero();
            assertThat(run.totals().failures().unsigned()).isEqualTo(run.totals().answered());
            assertThat(run.totals().answered()).isPositive();
        }
    }

    private static Hotkey someone() {
        return KeyPair.generate(Scheme.SR25519).hotkey();
    }

    private static Ask anything(URI url) {
        return ask(url, someone(), _ -> "{}".getBytes(StandardCharsets.UTF_8), false, false);
    }

    private static Ask embeddings(StubMiner miner) {
        return ask(miner.url(), miner.hotkey(), Wording.embeddings("stub"), true, true);
    }

    private static Ask ask(
            URI url, Hotkey miner, Wording wording, boolean receipts, boolean judged) {
        return new Ask(
                url,
                miner,
                Scheme.SR25519,
                "stub",
                "/v1/embeddings",
                new TextExaminer("stub", wording, judged),
                Speaker.Names.TEXT_EMBEDDING,
                receipts);
    }

    private static Traffic traffic(double rate, double seconds, OptionalInt inFlight) {
        return new Traffic(
                7, Profile.POISSON, rate, seconds, Lengths.PAIRS, Optional.empty(), inFlight);
    }

    private static LoadRun run(Ask ask, Traffic traffic, int timeoutSeconds) throws Exception {
        var wish =
                new Cast.Wish(
                        3,
                        List.of(Caller.Dialect.BTAUTH),
                        Duration.ofSeconds(timeoutSeconds),
                        Duration.ofMillis(100),
                        3);
        var deadline = Duration.ofSeconds(2);
        var rules =
                new LoadTest.Rules(
                        deadline, 0.99, PayCurve.parse("linear", deadline), Duration.ZERO, 256);
        var order =
                new LoadSession.Order(
                        ask,
                        Cast.fresh(wish),
                        rules,
                        traffic,
                        new LoadFiles(Optional.empty(), Optional.empty(), Optional.empty()),
                        Optional.empty(),
                        "a test",
                        "not pinned");
        return new LoadSession(order, new LoadSession.Told(_ -> {}, _ -> {})).run();
    }
}
