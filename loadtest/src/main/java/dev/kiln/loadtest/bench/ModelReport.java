package dev.kiln.loadtest.bench;

import dev.kiln.loadtest.bench.ModelBench.Outcome;
import dev.kiln.loadtest.bench.ModelBench.Round;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/// What serving a model that takes bytes costs beside the engine alone, for people and for programs.
public final class ModelReport {
    private final Outcome outcome;

    ModelReport(Outcome outcome) {
        this.outcome = outcome;
    }

    /// Whether every answer was right.
    public boolean sound() {
        return outcome.single().sound()
                && outcome.rounds().stream().allMatch(round -> round.served().sound());
    }

    /// The report as lines.
    public List<String> lines() {
        var plan = outcome.plan();
        var asked = outcome.model().asked();
        List<String> lines = new ArrayList<>();
        lines.add(
                "%s: %s; %,d bytes a body on average, as they are, API key, nothing signed"
                        .formatted(outcome.model().model(), words(), outcome.bytes()));
        lines.add(
                "one engine thread; %d callers, closed loop; batches of at most %d items and a cost of %d; the server waits up to %d ms for company"
                        .formatted(
                                plan.callers(),
                                asked.batches().maxItems(),
                                asked.batches().maxCost(),
                                asked.linger()));
        lines.add(
                outcome.pinned()
                        ? "server and raw loop on core %d, generator on core %d; all answers judged afterwards"
                                .formatted(plan.serverCore(), plan.generatorCore())
                        : "NOT pinned: there is no taskset here");
        lines.add("");
        lines.add(
                "%-7s %9s %9s %7s %10s %13s %13s %10s"
                        .formatted(
                                "round",
                                "raw /s",
                                "served /s",
                                "ratio",
                                "by cpu",
                                "raw a batch",
                                "served a b.",
                                "generator"));
        for (int i = 0; i < outcome.rounds().size(); i++) {
            lines.add(row(Integer.toString(i + 1), outcome.rounds().get(i)));
        }
        lines.add("");
        lines.add("served / raw by wall clock       " + spread(ModelReport::ratio));
        lines.add("served / raw by processor time   " + spread(ModelReport::cpuRatio));
        lines.add("");
        lines.add("processor time of one request, µs");
        parts().forEach((part, micros) -> lines.add("  %-52s %9.1f".formatted(part, micros)));
        lines.add("the server's, by thread");
        threads().forEach((work, micros) -> lines.add("  %-52s %9.1f".formatted(work, micros)));
        lines.add("one caller at a time, wall clock, µs");
        outcome.single()
                .stageMicros()
                .forEach((stage, micros) -> lines.add("  %-52s %9.1f".formatted(stage, micros)));
        lines.add("");
        lines.add(sound() ? "every answer right" : "NOT every answer was right");
        return lines;
    }

    private String words() {
        var asked = outcome.model().asked();
        return asked == ServedModel.Asked.PICTURE
                ? "%s, %d to %d pixels a side"
                        .formatted(asked.words, outcome.side() / 2, outcome.side())
                : asked.words;
    }

    private static String row(String name, Round round) {
        return "%-7s %9.1f %9.1f %7.3f %10.3f %13.1f %13.1f %9.0f%%"
                .formatted(
                        name,
                        raw(round),
                        round.served().perSecond(),
                        ratio(round),
                        cpuRatio(round),
                        round.raw().getOrDefault("items_per_batch", 0.0),
                        round.served().itemsPerBatch(),
                        100 * round.served().generatorShare());
    }

    private String spread(ToDoubleFunction<Round> figure) {
        return "median %.3f, from %.3f to %.3f"
                .formatted(
                        median(figure),
                        outcome.rounds().stream().mapToDouble(figure).min().orElse(0),
                        outcome.rounds().stream().mapToDouble(figure).max().orElse(0));
    }

    /// Where a request's processor time goes: the engine's, what is around it in the server, the generator's.
    private Map<String, Double> parts() {
        Map<String, Double> parts = new LinkedHashMap<>();
        double raw = median(ModelReport::rawCpu);
        double served = median(round -> round.served().cpuMicros());
        parts.put("engine, in the raw loop's batches", rawPart("run_us"));
        parts.put("preparing, in the raw loop", rawPart("prepare_us"));
        parts.put("raw loop, all of it (S)", raw);
        parts.put("server, all of it (S + h)", served);
        parts.put("HTTP and all else: the difference (h)", served - raw);
        parts.put(
                "generator, on its own core (g)",
                median(round ->
                        1e6 * round.served().generatorShare() / round.served().perSecond()));
        return parts;
    }

    /// The median of each kind of thread over the rounds.
    private Map<String, Double> threads() {
        Map<String, Double> threads = new LinkedHashMap<>();
        for (String work : outcome.rounds().getFirst().served().threadMicros().keySet()) {
            threads.put(
                    work, median(round -> round.served().threadMicros().getOrDefault(work, 0.0)));
        }
        return threads;
    }

    private double rawPart(String key) {
        return median(round -> round.raw().getOrDefault(key, 0.0));
    }

    private static double raw(Round round) {
        return round.raw().getOrDefault("items_per_s", 0.0);
    }

    private static double rawCpu(Round round) {
        return round.raw().getOrDefault("cpu_us", 0.0);
    }

    private static double ratio(Round round) {
        return round.served().perSecond() / raw(round);
    }

    private static double cpuRatio(Round round) {
        return rawCpu(round) / round.served().cpuMicros();
    }

    private double median(ToDoubleFunction<Round> figure) {
        return Median.of(outcome.rounds().stream().mapToDouble(figure));
    }

    /// The report with stable keys.
    public Map<String, Object> tree() {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("model", outcome.model().model());
        tree.put("sound", sound());
        tree.put("ratio", figures(ModelReport::ratio));
        tree.put("cpu_ratio", figures(ModelReport::cpuRatio));
        tree.put("raw_per_s", median(ModelReport::raw));
        tree.put("served_per_s", median(round -> round.served().perSecond()));
        tree.put("pinned", outcome.pinned());
        tree.put("callers", outcome.plan().callers());
        tree.put("seconds", outcome.plan().seconds());
        tree.put("inputs", words());
        tree.put("body_bytes", outcome.bytes());
        tree.put("cost_us", parts());
        tree.put("rounds", outcome.rounds().stream().map(ModelReport::round).toList());
        tree.put("single_caller", ServedReport.phase(outcome.single()));
        return tree;
    }

    private Map<String, Object> figures(ToDoubleFunction<Round> figure) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("median", median(figure));
        tree.put("least", outcome.rounds().stream().mapToDouble(figure).min().orElse(0));
        tree.put("most", outcome.rounds().stream().mapToDouble(figure).max().orElse(0));
        return tree;
    }

    private static Map<String, Object> round(Round round) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("raw", round.raw());
        tree.put("served", ServedReport.phase(round.served()));
        return tree;
    }
}
