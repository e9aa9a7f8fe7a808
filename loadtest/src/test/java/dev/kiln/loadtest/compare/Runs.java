package dev.kiln.loadtest.compare;

import dev.kiln.loadtest.report.LoadRun;
import dev.kiln.loadtest.report.SampleRun;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/// Made-up runs of one workload.
final class Runs {
    private Runs() {}

    /// @param slower every latency is multiplied by this
    /// @param wrong answers of wrong content among 10,200
    static LoadRun of(long seed, double slower, long wrong) {
        LoadRun run = SampleRun.of(seed, slower);
        var random = new SplittableRandom(seed);
        List<LoadRun.Second> series = new ArrayList<>();
        for (int s = 0; s < 60; s++) {
            long bad = random.nextInt(8);
            double noise = 1 + 0.1 * (random.nextDouble() - 0.5);
            series.add(
                    new LoadRun.Second(
                            s,
                            170,
                            168,
                            170 - bad,
                            bad,
                            170,
                            3.5 * slower * noise,
                            23 * slower * noise,
                            null));
        }
        LoadRun.Totals t = run.totals();
        LoadRun.Failures f = t.failures();
        var totals =
                new LoadRun.Totals(
                        t.offered(),
                        t.sent(),
                        t.answered() - wrong,
                        t.late(),
                        t.good() - wrong,
                        new LoadRun.Failures(
                                f.refused(), f.expired(), wrong, 0, f.lost(), f.unsent(), 0, 0),
                        t.causes(),
                        t.rates(),
                        t.quality());
        return new LoadRun(
                run.schema(),
                new LoadRun.Outcome("pass", List.of(), List.of()),
                run.setup(),
                totals,
                run.latency(),
                series,
                run.validators(),
                run.served(),
                null);
    }

    static LoadRun voided(LoadRun run) {
        var outcome = new LoadRun.Outcome("void", List.of(), List.of("the generator was late"));
        return new LoadRun(
                run.schema(),
                outcome,
                run.setup(),
                run.totals(),
                run.latency(),
                run.series(),
                run.validators(),
                run.served(),
                run.search());
    }

    static LoadRun atRate(LoadRun run, double rate) {
        LoadRun.Setup s = run.setup();
        LoadRun.Plan p = s.plan();
        var plan =
                new LoadRun.Plan(
                        p.seed(),
                        p.loop(),
                        p.profile(),
                        rate,
                        p.seconds(),
                        p.lengths(),
                        p.deadlineMs(),
                        p.receipts(),
                        p.inFlight());
        return with(
                run,
                new LoadRun.Setup(
                        s.command(), s.started(), plan, s.target(), s.environment(), s.warmUp()));
    }

    static LoadRun withModel(LoadRun run, String sha256) {
        LoadRun.Setup s = run.setup();
        LoadRun.Target t = s.target();
        LoadRun.Model m = t.model();
        var model =
                new LoadRun.Model(
                        m.name(),
                        sha256,
                        m.engine(),
                        m.deviceRequested(),
                        m.deviceActive(),
                        m.deviceProved());
        var target = new LoadRun.Target(t.url(), t.hotkey(), t.scheme(), t.dialects(), model);
        return with(
                run,
                new LoadRun.Setup(
                        s.command(), s.started(), s.plan(), target, s.environment(), s.warmUp()));
    }

    static LoadRun quietEverySecondSecond(LoadRun run) {
        List<LoadRun.Second> series =
                run.series().stream()
                        .map(second ->
                                second.s() % 2 == 0
                                        ? second
                                        : new LoadRun.Second(second.s(), 0, 0, 0, 0, 0, 0, 0, null))
                        .toList();
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

    private static LoadRun with(LoadRun run, LoadRun.Setup setup) {
        return new LoadRun(
                run.schema(),
                run.verdict(),
                setup,
                run.totals(),
                run.latency(),
                run.series(),
                run.validators(),
                run.served(),
                run.search());
    }
}
