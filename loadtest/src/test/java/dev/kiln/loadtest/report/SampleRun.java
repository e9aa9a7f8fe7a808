package dev.kiln.loadtest.report;

import dev.kiln.loadtest.traffic.Latencies;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/// A made-up run with every key, for tests of what reads runs.
public final class SampleRun {
    private SampleRun() {}

    /// The run of a seed: latencies are drawn, everything else is fixed.
    ///
    /// @param slower every latency is multiplied by this
    public static LoadRun of(long seed, double slower) {
        var random = new SplittableRandom(seed);
        var latencies = new Latencies();
        for (int i = 0; i < 10_000; i++) {
            latencies.record((long) (5e6 * slower * -Math.log(1 - random.nextDouble())));
        }
        LoadRun.Distribution spread = Distributions.of(latencies);
        List<LoadRun.Second> series = new ArrayList<>();
        for (int s = 0; s < 60; s++) {
            var sample =
                    new LoadRun.Sample(
                            4.5, 1.5, 3.0, 0.9, 210.0 + s / 10.0, s % 10 / 5.0, 40.0, 170.0);
            series.add(
                    new LoadRun.Second(
                            s,
                            170,
                            168,
                            165,
                            2,
                            168,
                            spread.p50Ms(),
                            spread.p99Ms() + s % 7,
                            s == 3 ? null : sample));
        }
        return new LoadRun(
                LoadRun.SCHEMA,
                new LoadRun.Outcome("fail", List.of("goodput is 97.1 % of offered"), List.of()),
                setup(seed),
                totals(),
                new LoadRun.Timing(
                        Latencies.RANGE,
                        spread,
                        spread,
                        spread,
                        new LoadRun.Lateness(spread, 2, 0.31, 17)),
                series,
                callers(),
                new LoadRun.Served(
                        10_000,
                        4.5,
                        32,
                        List.of(
                                new LoadRun.Stage("verify", 0.2, 0.03, "receipts"),
                                new LoadRun.Stage("queue", 1.5, 0.22, "receipts"),
                                new LoadRun.Stage("compute", 4.1, 0.61, "receipts"),
                                new LoadRun.Stage("sign", 0.1, 0.02, "metrics"),
                                new LoadRun.Stage("outside", 0.8, 0.12, "remainder")),
                        List.of(
                                new LoadRun.Trend(
                                        "resident",
                                        210,
                                        216,
                                        360,
                                        new LoadRun.Interval(355.0, 365.0),
                                        "grows"))),
                search());
    }

    private static LoadRun.Setup setup(long seed) {
        return new LoadRun.Setup(
                "./kiln load run --start --profile poisson --seed " + seed,
                "2026-11-21T12:00:00Z",
                new LoadRun.Plan(seed, "open", "poisson", 170, 60, "mixed", 2000, "kiln-1", null),
                new LoadRun.Target(
                        "http://127.0.0.1:8091",
                        "5Miner",
                        "sr25519",
                        "btauth",
                        new LoadRun.Model("minilm", "ab".repeat(32), "ort", "auto", "cpu", "cpu")),
                new LoadRun.Environment(
                        "0.1.0",
                        "0123abc",
                        "Linux",
                        "some processor",
                        2,
                        "25",
                        List.of("-Xmx512m"),
                        "generator on core 1",
                        0.5),
                new LoadRun.WarmUp(6, true, 900, "three windows within 10 %"));
    }

    private static LoadRun.Totals totals() {
        return new LoadRun.Totals(
                10_200,
                10_199,
                10_000,
                100,
                9_900,
                new LoadRun.Failures(120, 20, 30, 10, 19, 1, 0, 0),
                new LoadRun.Causes(
                        Map.of("LIMIT_QUEUE_FULL", 120L, "RUN_EXPIRED", 20L),
                        Map.of("another vector for the same text", 30L),
                        Map.of("WRONG_SIGNER", 10L),
                        Map.of("timeout", 19L)),
                new LoadRun.Rates(170, 166.7, 165, 0.971, 0.94, 160, "full until 200 ms, …"),
                new LoadRun.Quality(
                        "embedding",
                        "ROC AUC",
                        0.97,
                        0.85,
                        15_000,
                        0,
                        List.of(new LoadRun.Measure("ROC AUC", 0.97, 0.85, "least", true)),
                        List.of(new LoadRun.Bin(0.9, 1, 200, 0.97, 0.98))));
    }

    private static List<LoadRun.Caller> callers() {
        return List.of(
                caller("v1", "sr25519", "btauth", 60_000, "full"),
                caller("v2", "ed25519", "btauth", 25_000, "minimal"),
                caller("v3", "sr25519", "axon", 15_000, "minimal"));
    }

    private static LoadRun.Caller caller(
            String label, String scheme, String dialect, double stake, String sees) {
        return new LoadRun.Caller(
                label,
                "5" + label,
                scheme,
                dialect,
                stake,
                2000,
                -300,
                sees,
                new LoadRun.Share(3400, 3333, 3300, 40, 7, 20, 5.1, 25.2, 0.93));
    }

    private static LoadRun.Search search() {
        return new LoadRun.Search(
                "99 % good within 2 s",
                List.of(
                        point("ladder", 50, 0.99, "meets"),
                        point("ladder", 100, 0.99, "meets"),
                        point("ladder", 200, 0.99, "meets"),
                        point("ladder", 400, 0.4, "misses"),
                        point("bisection", 283, 0.9, "misses"),
                        point("overload", 800, 0.2, "misses")),
                new LoadRun.Estimate(290, new LoadRun.Interval(283.0, 300.0)),
                new LoadRun.Estimate(280, new LoadRun.Interval(270.0, null)),
                200,
                1.4,
                new LoadRun.Bottleneck("compute", "61 % of the mean latency"),
                List.of("more engine threads"));
    }

    private static LoadRun.Point point(String phase, double rate, double good, String word) {
        return new LoadRun.Point(
                phase,
                rate,
                rate * good,
                new LoadRun.Interval(good - 0.01, Math.min(1, good + 0.01)),
                6,
                20 / good,
                1000,
                (long) (1000 * (1 - good)),
                word);
    }
}
