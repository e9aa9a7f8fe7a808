package dev.kiln.loadtest.load;

import dev.kiln.loadtest.report.LoadRun;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// A run as lines for people: the verdict first.
public final class LoadText {
    /// Beyond this many validators only the first ones are shown.
    private static final int MOST_ROWS = 16;

    private LoadText() {}

    /// Everything.
    public static List<String> of(LoadRun run) {
        List<String> lines = new ArrayList<>();
        verdict(lines, run);
        lines.add("");
        counts(lines, run);
        latency(lines, run);
        quality(lines, run);
        stages(lines, run);
        memory(lines, run);
        lines.add("");
        table(lines, run);
        if (run.search() != null) {
            lines.add("");
            search(lines, run.search());
        }
        lines.add("");
        lines.add(line("again", run.setup().command()));
        return lines;
    }

    private static void verdict(List<String> lines, LoadRun run) {
        lines.add(line("verdict", run.verdict().word().toUpperCase(Locale.ROOT)));
        run.verdict().voids().forEach(why -> lines.add(line("", "VOID: " + why)));
        run.verdict().reasons().forEach(why -> lines.add(line("", why)));
        LoadRun.Plan plan = run.setup().plan();
        lines.add(
                line(
                        "asked",
                        plan.loop().equals("closed")
                                ? "CLOSED LOOP, %d in flight: rates only, its latencies hide waiting; seed %d"
                                        .formatted(plan.inFlight(), plan.seed())
                                : "%s, %.1f/s for %.0f s, lengths %s, seed %d, on the timetable whatever comes back"
                                        .formatted(
                                                plan.profile(),
                                                plan.ratePerS(),
                                                plan.seconds(),
                                                plan.lengths(),
                                                plan.seed())));
        LoadRun.WarmUp warm = run.setup().warmUp();
        lines.add(
                line(
                        "warm-up",
                        "%.1f s, %,d requests, not counted; %s"
                                .formatted(
                                        warm.seconds(),
                                        warm.sent(),
                                        warm.steady() ? "steady" : "steady state NOT seen")));
    }

    private static void counts(List<String> lines, LoadRun run) {
        LoadRun.Totals totals = run.totals();
        LoadRun.Failures failures = totals.failures();
        lines.add(
                line(
                        "goodput",
                        "%.1f/s good of %.1f/s offered: %.2f %% within %.0f ms, signed and right"
                                .formatted(
                                        totals.rates().goodPerS(),
                                        totals.rates().offeredPerS(),
                                        100 * totals.rates().goodShare(),
                                        run.setup().plan().deadlineMs())));
        lines.add(
                line(
                        "requests",
                        "offered %,d  sent %,d  answered %,d  late %,d  refused %,d  expired %,d  wrong %,d  unproved %,d  lost %,d  unsigned %,d"
                                .formatted(
                                        totals.offered(),
                                        totals.sent(),
                                        totals.answered(),
                                        totals.late(),
                                        failures.refused(),
                                        failures.expired(),
                                        failures.wrong(),
                                        failures.unproved(),
                                        failures.lost(),
                                        failures.unsigned())));
        causes(lines, "refused", totals.causes().refused());
        causes(lines, "wrong", totals.causes().wrong());
        causes(lines, "unproved", totals.causes().unproved());
        causes(lines, "lost", totals.causes().lost());
        lines.add(
                line(
                        "pay",
                        "%.2f %% of what stakes would have paid for full scores; %s"
                                .formatted(
                                        100 * totals.rates().payShare(),
                                        totals.rates().payCurve())));
    }

    private static void causes(List<String> lines, String name, Map<String, Long> causes) {
        if (!causes.isEmpty()) {
            lines.add(
                    line(
                            "  " + name,
                            causes.entrySet().stream()
                                    .map(each -> "%s %,d".formatted(each.getKey(), each.getValue()))
                                    .collect(Collectors.joining(", "))));
        }
    }

    private static void latency(List<String> lines, LoadRun run) {
        LoadRun.Timing timing = run.latency();
        LoadRun.Interval interval = timing.corrected().p99Interval();
        lines.add(line("latency", percentiles(timing.corrected()) + ", from the intended moment"));
        lines.add(
                line(
                        "",
                        "p99 lies between %s and %s, with 95 %% confidence"
                                .formatted(millis(interval.low()), millis(interval.high()))));
        lines.add(
                line(
                        "uncorrected",
                        percentiles(timing.uncorrected()) + ", from sending: blind to waiting"));
        if (timing.refusals().count() > 0) {
            lines.add(line("refusals", percentiles(timing.refusals())));
        }
        lines.add(
                line(
                        "generator",
                        "late by %.2f ms at p99 (allowed %.2f), %.2f ms at most; %.0f %% of a core; %s"
                                .formatted(
                                        timing.lateness().late().p99Ms(),
                                        timing.lateness().allowedP99Ms(),
                                        timing.lateness().late().maxMs(),
                                        100 * timing.lateness().cpuShare(),
                                        run.setup().environment().pinning())));
    }

    private static String percentiles(LoadRun.Distribution distribution) {
        return "p50 %.2f  p90 %.2f  p99 %.2f  p99.9 %.2f  max %.2f ms"
                .formatted(
                        distribution.p50Ms(),
                        distribution.p90Ms(),
                        distribution.p99Ms(),
                        distribution.p999Ms(),
                        distribution.maxMs());
    }

    private static String millis(@Nullable Double value) {
        return value == null ? "more than was seen" : "%.2f ms".formatted(value);
    }

    private static String end(@Nullable Double value) {
        return value == null ? "more than was tried" : "%.2f".formatted(value);
    }

    private static void quality(List<String> lines, LoadRun run) {
        LoadRun.Quality quality = run.totals().quality();
        List<LoadRun.Measure> measures = quality.measures();
        if (measures == null) {
            lines.add(line("quality", "not judged"));
            return;
        }
        lines.add(
                line(
                        "quality",
                        "%s: %s"
                                .formatted(
                                        quality.task(),
                                        measures.stream()
                                                .map(LoadText::measure)
                                                .collect(Collectors.joining("; ")))));
        lines.add(
                line(
                        "",
                        "judged %,d; mistaken %,d; cross-talk %,d"
                                .formatted(
                                        quality.scored(),
                                        run.totals().failures().mistaken(),
                                        quality.crossTalk())));
    }

    private static String measure(LoadRun.Measure measure) {
        Double value = measure.value();
        Double bound = measure.bound();
        return "%s %s%s"
                .formatted(
                        measure.name(),
                        value == null ? "unknown" : "%.4f".formatted(value),
                        bound == null ? "" : " (at %s %s)".formatted(measure.side(), bound));
    }

    private static void stages(List<String> lines, LoadRun run) {
        if (!run.served().stages().isEmpty()) {
            lines.add(
                    line(
                            "stages",
                            run.served().stages().stream()
                                    .map(stage ->
                                            "%s %.2f (%.0f %%)"
                                                    .formatted(
                                                            stage.name().replace('_', ' '),
                                                            stage.meanMs(),
                                                            100 * stage.share()))
                                    .collect(Collectors.joining("  ", "", " ms on average"))));
        }
    }

    private static void memory(List<String> lines, LoadRun run) {
        List<LoadRun.Trend> trends = run.served().memory();
        if (trends != null) {
            String name = "memory";
            for (LoadRun.Trend trend : trends) {
                lines.add(line(name, Trends.words(trend)));
                name = "";
            }
        }
    }

    private static void table(List<String> lines, LoadRun run) {
        lines.add(
                "%-9s %9s %-8s %-8s %7s %8s %8s %7s %6s %8s %8s %6s"
                        .formatted(
                                "validator",
                                "stake",
                                "scheme",
                                "dialect",
                                "offered",
                                "answered",
                                "good",
                                "refused",
                                "failed",
                                "p50 ms",
                                "p99 ms",
                                "pay"));
        run.validators().stream()
                .limit(MOST_ROWS)
                .forEach(each ->
                        lines.add(
                                "%-9s %,9.0f %-8s %-8s %,7d %,8d %,8d %,7d %,6d %8.1f %8.1f %5.1f%%"
                                        .formatted(
                                                each.label(),
                                                each.stake(),
                                                each.scheme(),
                                                each.dialect(),
                                                each.share().offered(),
                                                each.share().answered(),
                                                each.share().good(),
                                                each.share().refused() + each.share().expired(),
                                                each.share().failed(),
                                                each.share().p50Ms(),
                                                each.share().p99Ms(),
                                                100 * each.share().payShare())));
        if (run.validators().size() > MOST_ROWS) {
            lines.add("… and %d more".formatted(run.validators().size() - MOST_ROWS));
        }
    }

    private static void search(List<String> lines, LoadRun.Search search) {
        lines.add(
                line(
                        "capacity",
                        "%.1f/s meet the objective (%s), 95 %% interval %s to %s; %.1f/s are completed; knee %.1f/s"
                                .formatted(
                                        search.slo().perS(),
                                        search.objective(),
                                        end(search.slo().interval().low()),
                                        end(search.slo().interval().high()),
                                        search.capacity().perS(),
                                        search.kneePerS())));
        Double recovery = search.recoveryS();
        lines.add(
                line(
                        "recovery",
                        recovery == null
                                ? "NOT seen after the overload"
                                : "%.0f s after the overload".formatted(recovery)));
        lines.add(
                line(
                        "bottleneck",
                        "%s: %s"
                                .formatted(
                                        search.bottleneck().stage(), search.bottleneck().why())));
        search.next().forEach(each -> lines.add(line("try", each)));
    }

    private static String line(String name, String text) {
        return "%-11s %s".formatted(name, text).stripTrailing();
    }
}
