package dev.kiln.loadtest.page;

import dev.kiln.loadtest.report.LoadRun;
import dev.kiln.loadtest.report.SampleRun;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/// Made-up runs whose seconds differ as they do in real ones, and whose strings are what an enemy would choose.
final class LivelyRun {
    private LivelyRun() {}

    /// @param seconds how many the run was measured
    static LoadRun of(long seed, int seconds) {
        var random = new SplittableRandom(seed);
        List<LoadRun.Second> series = new ArrayList<>();
        for (int s = 0; s < seconds; s++) {
            double burst = s % 20 == 7 ? 4 : 1;
            long offered = Math.round((150 + random.nextInt(40)) * (burst > 1 ? 1.6 : 1));
            long refused = burst > 1 ? 20 + random.nextInt(20) : 0;
            double p50 = (4 + random.nextDouble()) * burst;
            series.add(
                    new LoadRun.Second(
                            s,
                            offered,
                            offered - refused,
                            offered - refused - random.nextInt(3),
                            refused,
                            offered - refused,
                            p50,
                            p50 * (3 + 3 * random.nextDouble()),
                            s == 3 ? null : sample(random, s, burst)));
        }
        return with(SampleRun.of(seed, 1), series);
    }

    private static LoadRun.Sample sample(SplittableRandom random, int s, double burst) {
        return new LoadRun.Sample(
                3 + random.nextDouble() + 4 * (burst - 1),
                0.6 + random.nextDouble() * burst,
                Math.rint(2 + 6 * random.nextDouble() * burst),
                0.7 + random.nextDouble() / 4,
                280 + Math.min(60, s) + 8 * random.nextDouble(),
                s % 9 == 0 ? 3 + random.nextDouble() : 0);
    }

    private static LoadRun with(LoadRun run, List<LoadRun.Second> series) {
        return new LoadRun(
                run.schema(),
                run.verdict(),
                run.setup(),
                run.totals(),
                run.latency(),
                series,
                run.validators(),
                run.served(),
                run.search());
    }

    static LoadRun word(LoadRun run, String word, List<String> reasons, List<String> voids) {
        return new LoadRun(
                run.schema(),
                new LoadRun.Outcome(word, reasons, voids),
                run.setup(),
                run.totals(),
                run.latency(),
                run.series(),
                run.validators(),
                run.served(),
                run.search());
    }

    /// Everything that a server or a command line may say, said by an enemy.
    static LoadRun hostile(String evil) {
        LoadRun run = of(1, 20);
        LoadRun.Totals t = run.totals();
        var model = new LoadRun.Model(evil, evil, evil, evil, evil, evil);
        List<LoadRun.Caller> callers =
                run.validators().stream()
                        .map(c ->
                                new LoadRun.Caller(
                                        evil,
                                        evil,
                                        evil,
                                        evil,
                                        c.stake(),
                                        c.timeoutMs(),
                                        c.clockOffsetMs(),
                                        evil,
                                        c.share()))
                        .toList();
        LoadRun.Search search = SampleRun.of(1, 1).search();
        return new LoadRun(
                run.schema(),
                new LoadRun.Outcome("fail", List.of(evil), List.of()),
                new LoadRun.Setup(
                        evil,
                        evil,
                        new LoadRun.Plan(1, evil, evil, 1, 1, evil, 2000, evil, null),
                        new LoadRun.Target(evil, evil, evil, evil, model),
                        new LoadRun.Environment(
                                evil, evil, evil, evil, 2, evil, List.of(evil), evil, 1),
                        new LoadRun.WarmUp(1, true, 1, evil)),
                new LoadRun.Totals(
                        t.offered(),
                        t.sent(),
                        t.answered(),
                        t.late(),
                        t.good(),
                        t.failures(),
                        new LoadRun.Causes(
                                Map.of(evil, 1L),
                                Map.of(evil, 1L),
                                Map.of(evil, 1L),
                                Map.of(evil, 1L)),
                        new LoadRun.Rates(1, 1, 1, 1, 1, 1, evil),
                        new LoadRun.Quality(evil, evil, 0.9, 0.8, 1, 1)),
                run.latency(),
                run.series(),
                callers,
                new LoadRun.Served(
                        1,
                        1,
                        1,
                        List.of(
                                new LoadRun.Stage(evil, 1, 0.5, evil),
                                new LoadRun.Stage(evil, 2, 0.5, evil))),
                search == null
                        ? null
                        : new LoadRun.Search(
                                evil,
                                search.points().stream()
                                        .map(p ->
                                                new LoadRun.Point(
                                                        evil,
                                                        p.ratePerS(),
                                                        p.goodPerS(),
                                                        p.goodShare(),
                                                        p.p50Ms(),
                                                        p.p99Ms(),
                                                        p.offered(),
                                                        p.refused(),
                                                        evil))
                                        .toList(),
                                search.capacity(),
                                search.slo(),
                                search.kneePerS(),
                                search.recoveryS(),
                                new LoadRun.Bottleneck(evil, evil),
                                List.of(evil)));
    }
}
