package dev.kiln.loadtest.compare;

import dev.kiln.loadtest.report.LoadRun;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/// The figures of two runs that a verdict rests on, each with its interval.
///
/// **Threads:** confined to one.
final class Changes {
    /// Statements that a comparison makes at most; each is held to its part of the error allowed for all.
    private static final int STATEMENTS = 8;

    /// A change of goodput under a tenth of a per cent point does not matter.
    private static final double LEAST_SHARE = 0.001;

    /// A change of a quality measure smaller than this does not matter.
    private static final double LEAST_SCORE = 0.005;

    private static final double TAIL = 0.99;

    private final LoadRun before;
    private final LoadRun after;
    private final double least;
    private final double confidence;
    private final Blocks.Sides seconds;
    private final boolean enough;
    private final List<Comparison.Change> changes = new ArrayList<>();

    Changes(LoadRun before, LoadRun after, Compare.Rules rules) {
        this.before = before;
        this.after = after;
        this.least = rules.least();
        this.confidence = 1 - (1 - rules.confidence()) / STATEMENTS;
        this.seconds = new Blocks.Sides(before.series(), after.series());
        this.enough = Blocks.enough(before.series(), after.series());
    }

    List<Comparison.Change> all() {
        goodShare();
        if (before.setup().plan().loop().equals("closed")) {
            bySeconds("goodput", "/s", Changes::meanGood, true);
        }
        bySeconds("p50 by second", "ms", list -> middle(list, LoadRun.Second::p50Ms), false);
        bySeconds("p99 by second", "ms", list -> mean(list, LoadRun.Second::p99Ms), false);
        p99();
        quality();
        failures("wrong or unproved", Changes::untrue);
        failures("lost or unsent", Changes::gone);
        rates();
        return changes;
    }

    private void goodShare() {
        double first = before.totals().rates().goodShare();
        double second = after.totals().rates().goodShare();
        LoadRun.Interval interval =
                enough
                        ? Blocks.interval(seconds, Changes::good, (was, is) -> is - was, confidence)
                        : new Shares(before.totals().good(), before.totals().offered())
                                .to(
                                        new Shares(after.totals().good(), after.totals().offered()),
                                        confidence);
        changes.add(
                new Comparison.Change(
                        "goodput",
                        "share",
                        first,
                        second,
                        second - first,
                        "difference",
                        interval,
                        word(second - first, interval, 0, LEAST_SHARE, true),
                        enough ? "block bootstrap over seconds" : "Newcombe's interval"));
    }

    private void bySeconds(
            String name,
            String unit,
            ToDoubleFunction<List<LoadRun.Second>> figure,
            boolean moreIsBetter) {
        double was = figure.applyAsDouble(before.series());
        double is = figure.applyAsDouble(after.series());
        if (!(was > 0) || !enough) {
            return;
        }
        LoadRun.Interval interval =
                Blocks.interval(seconds, figure, (a, b) -> a > 0 ? b / a : Double.NaN, confidence);
        changes.add(
                new Comparison.Change(
                        name,
                        unit,
                        was,
                        is,
                        is / was,
                        "ratio",
                        interval,
                        word(is / was, interval, 1, least, moreIsBetter),
                        "block bootstrap over seconds"));
    }

    private void p99() {
        LoadRun.Distribution first = before.latency().corrected();
        LoadRun.Distribution second = after.latency().corrected();
        if (first.count() == 0 || second.count() == 0) {
            return;
        }
        LoadRun.Interval was = Tail.interval(first, TAIL, confidence);
        LoadRun.Interval is = Tail.interval(second, TAIL, confidence);
        var interval =
                new LoadRun.Interval(ratio(is.low(), was.high()), ratio(is.high(), was.low()));
        double change = second.p99Ms() / first.p99Ms();
        changes.add(
                new Comparison.Change(
                        "p99 of all",
                        "ms",
                        first.p99Ms(),
                        second.p99Ms(),
                        change,
                        "ratio",
                        interval,
                        word(change, interval, 1, least, false),
                        "order statistics of both runs"));
    }

    private void quality() {
        LoadRun.Quality first = before.totals().quality();
        LoadRun.Quality second = after.totals().quality();
        Double was = first.score();
        Double is = second.score();
        if (was == null || is == null) {
            return;
        }
        boolean area = first.measure().equals("ROC AUC") && second.measure().equals("ROC AUC");
        LoadRun.Interval interval =
                area
                        ? Area.interval(
                                new Area(was, first.scored()),
                                new Area(is, second.scored()),
                                confidence)
                        : null;
        boolean fell = was >= first.bar() && is < second.bar();
        changes.add(
                new Comparison.Change(
                        "quality, " + second.measure(),
                        "score",
                        was,
                        is,
                        is - was,
                        "difference",
                        interval,
                        fell ? "worse" : word(is - was, interval, 0, LEAST_SCORE, true),
                        area ? "Hanley and McNeil" : "only the bar: no interval for this measure"));
    }

    private void failures(String name, ToDoubleFunction<LoadRun.Totals> count) {
        var was =
                new Shares((long) count.applyAsDouble(before.totals()), before.totals().offered());
        var is = new Shares((long) count.applyAsDouble(after.totals()), after.totals().offered());
        LoadRun.Interval interval = was.to(is, confidence);
        double change = is.share() - was.share();
        changes.add(
                new Comparison.Change(
                        name,
                        "share",
                        was.share(),
                        is.share(),
                        change,
                        "difference",
                        interval,
                        word(change, interval, 0, 0, false),
                        "Newcombe's interval"));
    }

    private void rates() {
        LoadRun.Search first = before.search();
        LoadRun.Search second = after.search();
        if (first != null && second != null) {
            rate("capacity", first.capacity(), second.capacity());
            rate("SLO capacity", first.slo(), second.slo());
        }
    }

    private void rate(String name, LoadRun.Estimate was, LoadRun.Estimate is) {
        if (!(was.perS() > 0)) {
            return;
        }
        var interval =
                new LoadRun.Interval(
                        ratio(is.interval().low(), was.interval().high()),
                        ratio(is.interval().high(), was.interval().low()));
        double change = is.perS() / was.perS();
        changes.add(
                new Comparison.Change(
                        name,
                        "/s",
                        was.perS(),
                        is.perS(),
                        change,
                        "ratio",
                        interval,
                        word(change, interval, 1, least, true),
                        "the searches' own 95 % intervals"));
    }

    /// @param none the change that is none: 0 for differences, 1 for ratios
    private static String word(
            double change,
            LoadRun.@Nullable Interval interval,
            double none,
            double least,
            boolean moreIsBetter) {
        if (interval == null || Math.abs(change - none) < least) {
            return "same";
        }
        Double low = interval.low();
        Double high = interval.high();
        if (low != null && low > none && change > none) {
            return moreIsBetter ? "better" : "worse";
        }
        if (high != null && high < none && change < none) {
            return moreIsBetter ? "worse" : "better";
        }
        return "same";
    }

    private static @Nullable Double ratio(@Nullable Double of, @Nullable Double to) {
        return of == null || to == null || to <= 0 ? null : of / to;
    }

    private static double untrue(LoadRun.Totals totals) {
        return totals.failures().wrong() + totals.failures().unproved();
    }

    private static double gone(LoadRun.Totals totals) {
        return totals.failures().lost() + totals.failures().unsent();
    }

    private static double good(List<LoadRun.Second> seconds) {
        long offered = 0;
        long good = 0;
        for (LoadRun.Second second : seconds) {
            offered += second.offered();
            good += second.good();
        }
        return offered == 0 ? 0 : (double) good / offered;
    }

    private static double meanGood(List<LoadRun.Second> seconds) {
        return seconds.stream().mapToLong(LoadRun.Second::good).average().orElse(0);
    }

    /// Seconds without an answer have no latency.
    private static double[] known(
            List<LoadRun.Second> seconds, ToDoubleFunction<LoadRun.Second> figure) {
        return seconds.stream().mapToDouble(figure).filter(millis -> millis > 0).toArray();
    }

    private static double mean(
            List<LoadRun.Second> seconds, ToDoubleFunction<LoadRun.Second> figure) {
        return Arrays.stream(known(seconds, figure)).average().orElse(0);
    }

    private static double middle(
            List<LoadRun.Second> seconds, ToDoubleFunction<LoadRun.Second> figure) {
        double[] sorted = known(seconds, figure);
        Arrays.sort(sorted);
        return sorted.length == 0 ? 0 : sorted[sorted.length / 2];
    }
}
