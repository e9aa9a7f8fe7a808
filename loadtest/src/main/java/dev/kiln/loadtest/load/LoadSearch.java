package dev.kiln.loadtest.load;

import dev.kiln.loadtest.quality.Score;
import dev.kiln.loadtest.report.Figures;
import dev.kiln.loadtest.report.LoadRun;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Looks for the highest rate that a server answers well: a geometric ladder, then bisection; then how it bears more,
/// how soon it recovers, and what holds it back.
///
/// **Threads:** confined to one.
final class LoadSearch {
    /// Each rung of the ladder asks for so many times the one before.
    private static final double RUNG = 2;

    private static final int MOST_STEPS = 40;

    /// Requests of a step, for whose sake it may take so many times its length.
    private static final double FEWEST = 100;

    private static final double LONGER = 5;

    /// How often a step is tried that the generator spoils.
    private static final int TRIES = 2;

    private final LoadTest test;
    private final Traffic traffic;
    private final SearchPlan plan;
    private final LoadSession.Told told;
    private final List<LoadRun.Point> points = new ArrayList<>();
    private final List<LoadTest.Measured> measured = new ArrayList<>();

    /// What was found.
    ///
    /// @param confirmed the run at the capacity, longer than the others
    record Found(LoadRun.Search search, LoadTest.Measured confirmed) {}

    LoadSearch(LoadTest test, Traffic traffic, SearchPlan plan, LoadSession.Told told) {
        this.test = test;
        this.traffic = traffic;
        this.plan = plan;
        this.told = told;
    }

    Found run() throws InterruptedException {
        double meets = 0;
        double misses = Double.POSITIVE_INFINITY;
        for (double rate = plan.from(); rate <= plan.to(); rate *= RUNG) {
            if (!meets(point("ladder", rate, plan.seconds()))) {
                misses = rate;
                break;
            }
            meets = rate;
        }
        if (meets == 0) {
            // The first rung is too high already.
            for (double rate = plan.from() / RUNG; rate > plan.from() / 64; rate /= RUNG) {
                if (meets(point("ladder", rate, plan.seconds()))) {
                    meets = rate;
                    break;
                }
                misses = rate;
            }
        }
        meets = bisected(meets, misses);
        LoadTest.Measured confirmed = confirmed(meets);
        for (double factor : plan.overloads()) {
            if (meets > 0) {
                point("overload", meets * factor, plan.seconds());
            }
        }
        Optional<Double> recovery =
                meets > 0 ? new Recovery(test, traffic, told).after(meets) : Optional.empty();
        return new Found(search(meets, recovery.orElse(null), confirmed), confirmed);
    }

    private double bisected(double meets, double misses) throws InterruptedException {
        double low = meets;
        double high = misses;
        int steps = 0;
        while (low > 0
                && Double.isFinite(high)
                && high / low > plan.closeness()
                && steps++ < MOST_STEPS) {
            double middle = Math.sqrt(low * high);
            if (meets(point("bisection", middle, plan.seconds()))) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return low;
    }

    /// Three times as long at the rate found; a step lower if that does not hold.
    private LoadTest.Measured confirmed(double rate) throws InterruptedException {
        if (rate == 0) {
            return measured.getLast();
        }
        point("confirm", rate, 3 * plan.seconds());
        return measured.getLast();
    }

    private static boolean meets(LoadRun.Point point) {
        return point.word().equals("meets");
    }

    /// A step that the generator spoilt says nothing of the server, and is repeated.
    private LoadRun.Point point(String phase, double rate, double seconds)
            throws InterruptedException {
        double enough = Math.clamp(FEWEST / rate, seconds, LONGER * seconds);
        LoadRun.Point point = tried(phase, rate, enough);
        for (int i = 1; i < TRIES && point.word().equals("void"); i++) {
            point = tried(phase, rate, enough);
        }
        return point;
    }

    private LoadRun.Point tried(String phase, double rate, double seconds)
            throws InterruptedException {
        Traffic step = traffic.at(rate, seconds);
        LoadTest.Measured run = test.measure(step, told.progress());
        Tally all = run.chronicle().all();
        double share = all.offered == 0 ? 0 : all.good() / (double) all.offered;
        String word =
                !Soundness.voids(run).isEmpty()
                        ? "void"
                        : share >= test.rules().good() && passes(run) ? "meets" : "misses";
        var point =
                new LoadRun.Point(
                        phase,
                        Figures.round(rate, 3),
                        Figures.round(all.good() / seconds, 3),
                        Statistics.share(all.good(), all.offered),
                        all.latencies.millisAt(50),
                        all.latencies.millisAt(99),
                        all.offered,
                        all.refused + all.expired,
                        word);
        points.add(point);
        measured.add(run);
        told.line()
                .accept(
                        "  %-9s  %8.1f/s  %-6s  good %6.2f %%  p50 %.1f  p99 %.1f ms  refused %,d"
                                .formatted(
                                        phase,
                                        rate,
                                        word,
                                        100 * share,
                                        point.p50Ms(),
                                        point.p99Ms(),
                                        point.refused()));
        return point;
    }

    /// Answers under the bar of their task are no capacity, however fast they come.
    private boolean passes(LoadTest.Measured run) {
        Score score = run.result().counts().score();
        return test.ask().examiner().subject().isEmpty() || score.scored() == 0 || score.passes();
    }

    private LoadRun.Search search(
            double slo, @Nullable Double recovery, LoadTest.Measured confirmed) {
        Bottlenecks.Finding finding = Bottlenecks.of(confirmed);
        List<String> next = new ArrayList<>(finding.next());
        if (points.stream().anyMatch(point -> point.word().equals("void"))) {
            next.addFirst(
                    "the generator itself was late at some rates, so the server may bear more: run it on cores or a machine of its own");
        }
        return new LoadRun.Search(
                String.format(
                        Locale.ROOT,
                        "%.4g %% good within %d ms",
                        100 * test.rules().good(),
                        test.rules().deadline().toMillis()),
                List.copyOf(points),
                capacity(),
                new LoadRun.Estimate(Figures.round(slo, 3), sloInterval()),
                knee(),
                recovery,
                finding.bottleneck(),
                List.copyOf(next));
    }

    /// From the highest rate that surely meets the objective to the lowest that surely misses it.
    private LoadRun.Interval sloInterval() {
        double good = test.rules().good();
        return interval(
                point -> point.goodShare().low() != null && point.goodShare().low() >= good,
                point -> point.goodShare().high() != null && point.goodShare().high() < good);
    }

    private interface Rule {
        boolean holds(LoadRun.Point point);
    }

    private LoadRun.Interval interval(Rule sure, Rule never) {
        double highest = 0;
        double lowest = Double.POSITIVE_INFINITY;
        for (LoadRun.Point point : points) {
            if (sure.holds(point)) {
                highest = Math.max(highest, point.ratePerS());
            }
            if (never.holds(point)) {
                lowest = Math.min(lowest, point.ratePerS());
            }
        }
        return new LoadRun.Interval(
                highest == 0 ? null : Double.valueOf(highest),
                Double.isInfinite(lowest) ? null : Double.valueOf(lowest));
    }

    /// The highest rate of which 99 % were answered, whenever, without a queue that grew.
    private LoadRun.Estimate capacity() {
        double best = 0;
        double lowestMissed = Double.POSITIVE_INFINITY;
        for (int i = 0; i < points.size(); i++) {
            Tally all = measured.get(i).chronicle().all();
            double rate = points.get(i).ratePerS();
            boolean completed =
                    all.answered >= 0.99 * all.offered
                            && !Statistics.grows(
                                    measured.get(i)
                                            .chronicle()
                                            .series((int) measured.get(i).traffic().seconds()));
            if (completed) {
                best = Math.max(best, rate);
            } else {
                lowestMissed = Math.min(lowestMissed, rate);
            }
        }
        return new LoadRun.Estimate(
                best,
                new LoadRun.Interval(
                        best == 0 ? null : Double.valueOf(best),
                        Double.isInfinite(lowestMissed) ? null : Double.valueOf(lowestMissed)));
    }

    /// Where the most good answers come for the wait.
    private double knee() {
        return points.stream()
                .filter(point -> point.p99Ms() > 0)
                .max(Comparator.comparingDouble(point -> point.goodPerS() / point.p99Ms()))
                .map(LoadRun.Point::ratePerS)
                .orElse(0.0);
    }
}
