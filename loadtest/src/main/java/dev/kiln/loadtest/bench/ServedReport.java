package dev.kiln.loadtest.bench;

import dev.kiln.loadtest.bench.ServedBench.Outcome;
import dev.kiln.loadtest.bench.ServedBench.Round;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/// What serving costs beside the engine alone, for people and for programs.
public final class ServedReport {
    private final Outcome outcome;

    ServedReport(Outcome outcome) {
        this.outcome = outcome;
    }

    /// Whether every answer was right and proved.
    public boolean sound() {
        return outcome.single().sound()
                && outcome.rounds().stream()
                        .allMatch(round -> round.keyed().sound() && round.signed().sound());
    }

    /// The report as lines.
    public List<String> lines() {
        List<String> lines = new ArrayList<>();
        lines.add(
                "one text per request; %s; %d callers, closed loop; batches of at most %d texts, %d padded tokens"
                        .formatted(
                                LengthMix.WORDS,
                                outcome.plan().callers(),
                                RawChild.BatchRule.TEXTS.maxItems(),
                                RawChild.BatchRule.TEXTS.maxCost()));
        lines.add(
                outcome.pinned()
                        ? "server and raw loop on core %d, generator on core %d; signed on the fly; all answers judged afterwards"
                                .formatted(
                                        outcome.plan().serverCore(), outcome.plan().generatorCore())
                        : "NOT pinned: there is no taskset here");
        lines.add("");
        lines.add(
                "%-6s %10s %14s %7s %14s %7s %12s"
                        .formatted(
                                "round",
                                "raw /s",
                                "API key /s",
                                "ratio",
                                "signed /s",
                                "ratio",
                                "generator"));
        for (int i = 0; i < outcome.rounds().size(); i++) {
            lines.add(row(Integer.toString(i + 1), outcome.rounds().get(i)));
        }
        lines.add(
                "%-6s %10.1f %14.1f %7.3f %14.1f %7.3f"
                        .formatted(
                                "median",
                                median(ServedReport::raw),
                                median(round -> round.keyed().perSecond()),
                                median(ServedReport::keyedRatio),
                                median(round -> round.signed().perSecond()),
                                median(ServedReport::signedRatio)));
        lines.add(
                "by processor time, which a busy neighbour disturbs less: API key %.3f, signed %.3f of raw"
                        .formatted(
                                median(ServedReport::keyedCpuRatio),
                                median(ServedReport::signedCpuRatio)));
        lines.add("");
        lines.add("cost of one request, µs");
        parts().forEach((part, micros) -> lines.add("  %-42s %9.1f".formatted(part, micros)));
        lines.add("");
        lines.add(
                sound()
                        ? "every answer right; every receipt holds"
                        : "NOT every answer was right and proved");
        return lines;
    }

    private static String row(String name, Round round) {
        return "%-6s %10.1f %14.1f %7.3f %14.1f %7.3f %11.0f%%"
                .formatted(
                        name,
                        raw(round),
                        round.keyed().perSecond(),
                        keyedRatio(round),
                        round.signed().perSecond(),
                        signedRatio(round),
                        100 * round.signed().generatorShare());
    }

    /// Processor time per request while saturated, and what is known of its parts. Verify, prepare, encode and sign are
    /// wall-clock times with one caller at a time, when nothing else wants the core.
    private Map<String, Double> parts() {
        Map<String, Double> stages = outcome.single().stageMicros();
        double engine = median(ServedReport::engineMicros);
        double cpu = median(round -> round.signed().cpuMicros());
        Map<String, Double> parts = new LinkedHashMap<>();
        double known = engine;
        for (String stage : List.of("verify", "prepare", "encode", "sign")) {
            double micros = stages.getOrDefault(stage, 0.0);
            known += micros;
            parts.put(PARTS.getOrDefault(stage, stage), micros);
        }
        parts.put("engine (the raw loop's, in its batches)", engine);
        parts.put("HTTP and all else (the remainder)", cpu - known);
        parts.put("server's processor time per request, signed", cpu);
        parts.put(
                "server's processor time per request, API key",
                median(round -> round.keyed().cpuMicros()));
        parts.put(
                "raw loop's processor time per text",
                median(round -> round.raw().getOrDefault("cpu_us", 0.0)));
        return parts;
    }

    private static final Map<String, String> PARTS =
            Map.of(
                    "verify", "verify signature, replay, roster",
                    "prepare", "decode JSON and tokenise",
                    "encode", "encode JSON",
                    "sign", "sign the answer");

    private static double raw(Round round) {
        return round.raw().getOrDefault("items_per_s", 0.0);
    }

    /// Processor time per text; wall-clock time where the loop does not tell.
    private static double rawCpu(Round round) {
        return round.raw().getOrDefault("cpu_us", 1e6 / raw(round));
    }

    /// The engine's share of the raw loop's processor time.
    private static double engineMicros(Round round) {
        double run = round.raw().getOrDefault("run_us", 0.0);
        double rest =
                round.raw().getOrDefault("prepare_us", 0.0)
                        + round.raw().getOrDefault("choose_us", 0.0);
        return rawCpu(round) * run / (run + rest);
    }

    private static double keyedCpuRatio(Round round) {
        return rawCpu(round) / round.keyed().cpuMicros();
    }

    private static double signedCpuRatio(Round round) {
        return rawCpu(round) / round.signed().cpuMicros();
    }

    private static double keyedRatio(Round round) {
        return round.keyed().perSecond() / raw(round);
    }

    private static double signedRatio(Round round) {
        return round.signed().perSecond() / raw(round);
    }

    private double median(ToDoubleFunction<Round> figure) {
        return Median.of(outcome.rounds().stream().mapToDouble(figure));
    }

    /// The report with stable keys.
    public Map<String, Object> tree() {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("sound", sound());
        tree.put("raw_per_s", median(ServedReport::raw));
        tree.put("api_key_per_s", median(round -> round.keyed().perSecond()));
        tree.put("api_key_ratio", median(ServedReport::keyedRatio));
        tree.put("signed_per_s", median(round -> round.signed().perSecond()));
        tree.put("signed_ratio", median(ServedReport::signedRatio));
        tree.put("api_key_cpu_ratio", median(ServedReport::keyedCpuRatio));
        tree.put("signed_cpu_ratio", median(ServedReport::signedCpuRatio));
        tree.put("pinned", outcome.pinned());
        tree.put("callers", outcome.plan().callers());
        tree.put("length_mix", LengthMix.WORDS);
        tree.put("cost_us", parts());
        tree.put("rounds", outcome.rounds().stream().map(ServedReport::round).toList());
        tree.put("single_caller", phase(outcome.single()));
        return tree;
    }

    private static Map<String, Object> round(Round round) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("raw", round.raw());
        tree.put("api_key", phase(round.keyed()));
        tree.put("signed", phase(round.signed()));
        return tree;
    }

    static Map<String, Object> phase(Phase phase) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("per_s", phase.perSecond());
        tree.put("cpu_us", phase.cpuMicros());
        tree.put("generator_share", phase.generatorShare());
        tree.put("items_per_batch", phase.itemsPerBatch());
        tree.put("stage_us", phase.stageMicros());
        tree.put("thread_us", phase.threadMicros());
        tree.put("answers", phase.counts().answered());
        return tree;
    }
}
