package dev.kiln.loadtest.rivals;

import dev.kiln.loadtest.rivals.RivalRun.Range;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/// A run in words: a document in Markdown, and the lines of a terminal.
public final class RivalText {
    private static final List<Contender> ALL = List.of(Contender.values());

    private final RivalRun run;

    public RivalText(RivalRun run) {
        this.run = run;
    }

    /// One start in a line.
    static String line(Result result) {
        Result.Steady steady = result.steady();
        Result.Overload overload = result.overload();
        if (steady == null || overload == null) {
            return "%s /s".formatted(number(result.peak().perSecond()));
        }
        return "%s /s; at 70 %% p50 %s ms, p99 %s ms; at 2× %s /s in time%s"
                .formatted(
                        number(result.peak().perSecond()),
                        number(steady.p50Ms()),
                        number(steady.p99Ms()),
                        number(overload.goodPerSecond()),
                        result.sound()
                                ? ""
                                : "; %d BAD: %s"
                                        .formatted(
                                                result.quality() == null
                                                        ? 0
                                                        : result.quality().bad(),
                                                result.quality() == null
                                                        ? ""
                                                        : result.quality().flaw()));
    }

    /// The document.
    ///
    /// @param command that made the run
    /// @param plot name of the picture beside it
    public String document(String command, String plot) {
        List<String> lines = new ArrayList<>();
        lines.add("# Kiln beside its rivals, " + run.date());
        lines.add("");
        lines.add("`%s`, %s.".formatted(command, run.machine()));
        lines.add("");
        lines.addAll(method());
        lines.add("");
        lines.add("![throughput, tail latency and goodput of each system](%s)".formatted(plot));
        for (String model : run.models()) {
            lines.add("");
            lines.add("## " + model);
            lines.add("");
            lines.addAll(table(model));
            lines.add("");
            lines.addAll(new RivalGoals(run).table(model));
        }
        lines.add("");
        lines.add("## How each is configured");
        lines.add("");
        run.configurations()
                .forEach((id, words) ->
                        lines.add("- **%s** (%s): %s.".formatted(id, said(id), words)));
        run.absent()
                .forEach((id, why) ->
                        lines.add(
                                "- **%s** not measured, or not at every start: %s."
                                        .formatted(id, oneLine(why))));
        lines.add("");
        return String.join("\n", lines);
    }

    /// The same tables for a terminal.
    public List<String> lines() {
        List<String> lines = new ArrayList<>();
        for (String model : run.models()) {
            lines.add(model);
            lines.addAll(table(model));
            lines.addAll(new RivalGoals(run).table(model));
            lines.add("");
        }
        run.absent()
                .forEach((id, why) ->
                        lines.add("%s not measured, or not at every start: %s".formatted(id, why)));
        return lines;
    }

    private List<String> method() {
        RivalBench.Plan plan = run.plan();
        return List.of(
                "One system at a time on core %d, the generator on core %d; each is started %d times, in turns, and one thread computes"
                        .formatted(plan.serverCore(), plan.generatorCore(), plan.rounds()),
                "in each. The same bytes go to all but the Axon, which has its synapse for them, with the headers of each one's own",
                "dialect. Each start: %s (at most %d s); %.0f s closed loop with %d callers and with %d, of which the better counts;"
                        .formatted(
                                SteadyRate.RULE,
                                plan.mostWarmUp(),
                                plan.seconds(),
                                plan.callers(),
                                Trial.DEEPER * plan.callers()),
                "%.0f s of Poisson arrivals at 70 %% of what it did with the fewer; %.0f s at twice its own peak after %.0f s of run-in; before either it"
                        .formatted(plan.seconds(), plan.seconds(), Trial.RUN_IN_SECONDS),
                "is asked in the same way for %.0f s, or for up to %.0f while it still compiles. At twice its peak an answer"
                        .formatted(
                                Trial.SETTLING_SECONDS,
                                Trial.MOST_SETTLING * Trial.SETTLING_SECONDS),
                "counts if it came within %d s of its intended moment, callers hang up then, and at most %d connections are open."
                        .formatted(Trial.DEADLINE.toSeconds(), Trial.CONNECTIONS),
                "Where the generator itself was more than %.0f ms late at p99, a start's figure is void: it would be the generator's."
                        .formatted(Figure.LATEST),
                "Latency counts from the intended moment. Figures are medians of the starts, in brackets the least and the most.",
                "Every answer is compared with the vector that ONNX Runtime alone gives its text, and Kiln's receipts are checked.");
    }

    private List<String> table(String model) {
        List<String> lines = new ArrayList<>();
        lines.add(
                "| system | auth | right answers /s | p50 at 70 %, ms | p99 at 70 %, ms | in time at 2×, /s | of its peak | least cosine | generator: busy, late p99 |");
        lines.add("|---|---|---|---|---|---|---|---|---|");
        for (Contender each : ALL) {
            if (!run.of(each, model).isEmpty()) {
                lines.add(row(each, model));
            }
        }
        return lines;
    }

    private String row(Contender each, String model) {
        String none = none(each);
        Function<Figure, String> figure =
                of -> run.range(each, model, of.of()).map(RivalText::shown).orElse(none);
        Optional<Range> cosine =
                run.range(
                        each,
                        model,
                        result ->
                                result.quality() == null
                                        ? Double.NaN
                                        : result.quality().leastCosine());
        long bad =
                run.of(each, model).stream()
                        .mapToLong(r -> r.quality() == null ? 0 : r.quality().bad())
                        .sum();
        return "| %s: %s | %s | %s | %s | %s | %s | %s | %s%s | %s |"
                .formatted(
                        each.id(),
                        each.words(),
                        each.auth(),
                        figure.apply(Figure.PEAK),
                        figure.apply(Figure.P50),
                        figure.apply(Figure.P99),
                        figure.apply(Figure.GOODPUT),
                        figure.apply(Figure.KEPT),
                        cosine.map(range -> "%.6f".formatted(range.least())).orElse(""),
                        bad == 0 ? "" : ", %d BAD".formatted(bad),
                        generator(each, model));
    }

    /// How near the generator itself was to its end: its share of its core at the peak, and how late it was at 70 %.
    private String generator(Contender each, String model) {
        return run.range(
                        each,
                        model,
                        r -> r.steady() == null ? Double.NaN : r.steady().latenessP99Ms())
                .map(late ->
                        "%.0f %%, %s ms"
                                .formatted(
                                        100
                                                * run.range(
                                                                each,
                                                                model,
                                                                r -> r.peak().generatorShare())
                                                        .map(Range::most)
                                                        .orElse(0.0),
                                        number(late.most())))
                .orElse("");
    }

    private static String shown(Range range) {
        return range.least() == range.most()
                ? number(range.median())
                : "%s (%s–%s)"
                        .formatted(
                                number(range.median()),
                                number(range.least()),
                                number(range.most()));
    }

    /// What stands where there is no figure: only the engine alone is not asked on a timetable.
    static String none(Contender each) {
        return each == Contender.RAW ? "" : "void";
    }

    /// Three digits that count, no more than three behind the point.
    static String number(double value) {
        double size = Math.abs(value);
        int digits = size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 || size == 0 ? 2 : 3;
        return String.format(Locale.ROOT, "%,." + digits + "f", value);
    }

    private static String said(String id) {
        return Contender.named(id).map(Contender::words).orElse(id);
    }

    private static String oneLine(String text) {
        return text.lines().map(String::strip).reduce((a, b) -> a + " " + b).orElse("");
    }
}
