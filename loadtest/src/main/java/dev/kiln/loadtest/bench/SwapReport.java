package dev.kiln.loadtest.bench;

import dev.kiln.loadtest.bench.SwapRun.Alone;
import dev.kiln.loadtest.bench.SwapRun.Outcome;
import dev.kiln.loadtest.bench.SwapRun.Swap;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What callers noticed of swaps, for people and for programs.
public final class SwapReport {
    private static final double ALLOWED_RATIO = 1.3;
    private static final double ALLOWED_GROWTH = 0.02;
    private static final int MANY = 200;

    private final Outcome outcome;

    SwapReport(Outcome outcome) {
        this.outcome = outcome;
    }

    /// Whether nothing was lost, run twice or signed for a model that had not run.
    public boolean sound() {
        return lost() == 0 && duplicated() == 0 && outcome.tally().wrongModel() == 0;
    }

    private long lost() {
        return outcome.bytes().sent() - outcome.tally().answered() - outcome.tally().wrongModel();
    }

    /// Items run beyond those answered; what ran and was answered too late is no second run.
    private long duplicated() {
        long late = outcome.tally().faults().getOrDefault("refused: RUN_EXPIRED", 0L);
        return Math.max(
                0,
                outcome.bytes().itemsRun()
                        - outcome.tally().answered()
                        - outcome.tally().wrongModel()
                        - late);
    }

    private double worstRatio() {
        return outcome.ratios().stream().mapToDouble(Double::doubleValue).max().orElse(0);
    }

    private double growth() {
        double early = outcome.bytes().early();
        return early == 0 ? 0 : outcome.bytes().late() / early - 1;
    }

    /// The report as lines.
    public List<String> lines() {
        List<String> lines = new ArrayList<>();
        lines.add(
                "one text per request; %s; signed both ways; open loop, Poisson"
                        .formatted(LengthMix.WORDS));
        for (Alone alone : outcome.alone()) {
            lines.add(
                    "%-24s %7.1f answers/s at most; p99 alone at %.1f/s: %.1f ms"
                            .formatted(
                                    alone.source(),
                                    alone.capacity(),
                                    outcome.rate(),
                                    alone.steadyP99()));
        }
        lines.add(
                "%d swaps, one every %.1f s, at %.0f %% of the slowest: %d questions; a swap took %.0f ms on average"
                        .formatted(
                                outcome.swaps().size(),
                                outcome.plan().every(),
                                outcome.plan().share() * 100,
                                outcome.bytes().sent(),
                                outcome.swaps().stream()
                                        .mapToDouble(Swap::tookMillis)
                                        .average()
                                        .orElse(0)));
        lines.add(
                "lost %d, run twice %d, receipts for another model %d"
                        .formatted(lost(), duplicated(), outcome.tally().wrongModel()));
        outcome.tally()
                .faults()
                .forEach((what, count) -> lines.add("  %d times %s".formatted(count, what)));
        lines.addAll(latencies());
        lines.addAll(memory());
        return lines;
    }

    private List<String> latencies() {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < outcome.ratios().size(); i++) {
            int to = (i + 1) % outcome.alone().size();
            lines.add(
                    "p99 while %s gives way to %s: %.2f times the slower one's alone"
                            .formatted(
                                    outcome.alone().get(i).source(),
                                    outcome.alone().get(to).source(),
                                    outcome.ratios().get(i)));
        }
        lines.add(
                "p99 during swaps %.1f ms (%d answers), between them %.1f ms; allowed is %.1f times: %s"
                        .formatted(
                                outcome.during().millisAt(99),
                                outcome.during().count(),
                                outcome.between().millisAt(99),
                                ALLOWED_RATIO,
                                worstRatio() <= ALLOWED_RATIO ? "kept" : "not kept"));
        return lines;
    }

    private List<String> memory() {
        if (outcome.bytes().early() == 0) {
            return List.of();
        }
        String verdict = Math.abs(growth()) <= ALLOWED_GROWTH ? ", kept" : ", not kept";
        return List.of(
                "resident %d MiB after 20 swaps, %d MiB after %d: %+.1f %%%s"
                        .formatted(
                                outcome.bytes().early() >> 20,
                                outcome.bytes().late() >> 20,
                                outcome.swaps().size(),
                                growth() * 100,
                                outcome.swaps().size() < MANY ? "" : verdict));
    }

    /// The report as a tree.
    public Map<String, Object> tree() {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("swaps", outcome.swaps().size());
        tree.put("rate_per_s", outcome.rate());
        tree.put("sent", outcome.bytes().sent());
        tree.put("answered", outcome.tally().answered());
        tree.put("lost", lost());
        tree.put("duplicated", duplicated());
        tree.put("wrong_model", outcome.tally().wrongModel());
        tree.put("p99_during_ms", outcome.during().millisAt(99));
        tree.put("p99_between_ms", outcome.between().millisAt(99));
        tree.put("worst_p99_ratio", worstRatio());
        tree.put("resident_bytes_after_20", outcome.bytes().early());
        tree.put("resident_bytes_at_end", outcome.bytes().late());
        List<Object> models = new ArrayList<>();
        for (Alone alone : outcome.alone()) {
            models.add(
                    Map.of(
                            "source", alone.source(),
                            "capacity_per_s", alone.capacity(),
                            "steady_p99_ms", alone.steadyP99()));
        }
        tree.put("models", models);
        return tree;
    }
}
