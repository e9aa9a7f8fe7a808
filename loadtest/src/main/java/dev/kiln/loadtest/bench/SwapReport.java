package dev.kiln.loadtest.bench;

import dev.kiln.loadtest.bench.SwapRun.Alone;
import dev.kiln.loadtest.bench.SwapRun.Kind;
import dev.kiln.loadtest.bench.SwapRun.Outcome;
import dev.kiln.loadtest.bench.SwapRun.Resident;
import dev.kiln.loadtest.bench.SwapRun.Swap;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What callers noticed of swaps, for people and for programs.
public final class SwapReport {
    private static final double ALLOWED_RATIO = 1.3;
    private static final double ALLOWED_GROWTH = 0.02;

    /// A generator that is later than this share of the least latency judged has measured itself.
    private static final double ALLOWED_LATE = 0.1;

    private final Outcome outcome;

    SwapReport(Outcome outcome) {
        this.outcome = outcome;
    }

    /// What a run came to.
    public enum Verdict {
        /// Nothing was lost, run twice or misnamed, and every bound was kept.
        PASS,
        /// Something was, or a bound was not.
        FAIL,
        /// The generator was late: nothing can be said of latency.
        VOID
    }

    public Verdict verdict() {
        boolean sound = lost() == 0 && duplicated() == 0 && outcome.tally().wrongModel() == 0;
        boolean grown = growth().filter(growth -> growth.share() > ALLOWED_GROWTH).isPresent();
        if (!sound || grown) {
            return Verdict.FAIL;
        }
        if (late()) {
            return Verdict.VOID;
        }
        return worstRatio() <= ALLOWED_RATIO ? Verdict.PASS : Verdict.FAIL;
    }

    private boolean late() {
        return outcome.counts().lateP99() > allowedLate();
    }

    private double allowedLate() {
        return ALLOWED_LATE * outcome.kinds().stream().mapToDouble(Kind::slower).min().orElse(0);
    }

    private long lost() {
        return outcome.counts().sent() - outcome.tally().answered() - outcome.tally().wrongModel();
    }

    /// Items run beyond those answered; what ran and was answered too late is no second run.
    private long duplicated() {
        long late = outcome.tally().faults().getOrDefault("refused: RUN_EXPIRED", 0L);
        return Math.max(
                0,
                outcome.counts().itemsRun()
                        - outcome.tally().answered()
                        - outcome.tally().wrongModel()
                        - late);
    }

    private double worstRatio() {
        return outcome.kinds().stream().mapToDouble(Kind::ratio).max().orElse(0);
    }

    /// From an early swap to the last one after which the same model answered.
    private record Growth(Resident early, Resident late) {
        double share() {
            return (double) late.bytes() / early.bytes() - 1;
        }
    }

    private Optional<Growth> growth() {
        List<Resident> memory = outcome.memory();
        if (memory.isEmpty()) {
            return Optional.empty();
        }
        Resident early = memory.getFirst();
        return memory.reversed().stream()
                .filter(each -> each.model() == early.model() && each.swap() > early.swap())
                .findFirst()
                .map(late -> new Growth(early, late));
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
                                outcome.counts().sent(),
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
        lines.add(
                "the generator was late by %.1f ms at its p99, allowed are %.1f: %s"
                        .formatted(
                                outcome.counts().lateP99(),
                                allowedLate(),
                                late() ? "nothing can be said of latency" : "sound"));
        lines.add("verdict: " + word());
        return lines;
    }

    private String word() {
        return switch (verdict()) {
            case PASS -> "pass";
            case FAIL -> "fail";
            case VOID -> "void";
        };
    }

    private List<String> latencies() {
        List<String> lines = new ArrayList<>();
        for (Kind kind : outcome.kinds()) {
            lines.add(
                    "%s -> %s: p99 of %d questions sent meanwhile %.1f ms, %.2f times the slower one's alone: %s (its own between swaps: %.1f ms)"
                            .formatted(
                                    kind.from(),
                                    kind.to(),
                                    kind.during().count(),
                                    kind.during().millisAt(99),
                                    kind.ratio(),
                                    kind.ratio() <= ALLOWED_RATIO ? "kept" : "not kept",
                                    kind.calm()));
        }
        lines.add(
                "allowed are %.1f times; between swaps p99 is %.1f ms, all models together"
                        .formatted(ALLOWED_RATIO, outcome.between().millisAt(99)));
        return lines;
    }

    private List<String> memory() {
        return growth().stream()
                .map(growth ->
                        "resident %d MiB after swap %d, %d MiB after swap %d, the same model: %+.1f %%, allowed are %.0f: %s"
                                .formatted(
                                        growth.early().bytes() >> 20,
                                        growth.early().swap(),
                                        growth.late().bytes() >> 20,
                                        growth.late().swap(),
                                        growth.share() * 100,
                                        ALLOWED_GROWTH * 100,
                                        growth.share() <= ALLOWED_GROWTH ? "kept" : "not kept"))
                .toList();
    }

    /// The report as a tree.
    public Map<String, Object> tree() {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("verdict", word());
        tree.put("swaps", outcome.swaps().size());
        tree.put("rate_per_s", outcome.rate());
        tree.put("sent", outcome.counts().sent());
        tree.put("answered", outcome.tally().answered());
        tree.put("lost", lost());
        tree.put("duplicated", duplicated());
        tree.put("wrong_model", outcome.tally().wrongModel());
        tree.put("p99_between_ms", outcome.between().millisAt(99));
        tree.put("worst_p99_ratio", worstRatio());
        tree.put("allowed_p99_ratio", ALLOWED_RATIO);
        tree.put("generator_late_p99_ms", outcome.counts().lateP99());
        tree.put("allowed_late_p99_ms", allowedLate());
        growth().ifPresent(growth -> {
            tree.put("resident_bytes_early", growth.early().bytes());
            tree.put("resident_bytes_late", growth.late().bytes());
            tree.put("resident_growth", growth.share());
        });
        tree.put("resident_bytes", outcome.memory().stream().map(Resident::bytes).toList());
        tree.put("kinds", outcome.kinds().stream().map(this::tree).toList());
        tree.put("models", outcome.alone().stream().map(SwapReport::tree).toList());
        return tree;
    }

    private Map<String, Object> tree(Kind kind) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("from", kind.from());
        tree.put("to", kind.to());
        tree.put("questions", kind.during().count());
        tree.put("p99_during_ms", kind.during().millisAt(99));
        tree.put("slower_steady_p99_ms", kind.slower());
        tree.put("slower_between_p99_ms", kind.calm());
        tree.put("ratio", kind.ratio());
        tree.put("took_ms", took(kind));
        return tree;
    }

    private double took(Kind kind) {
        int from = outcome.kinds().indexOf(kind);
        return outcome.swaps().stream()
                .filter(swap -> swap.from() == from)
                .mapToDouble(Swap::tookMillis)
                .average()
                .orElse(0);
    }

    private static Map<String, Object> tree(Alone alone) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("source", alone.source());
        tree.put("capacity_per_s", alone.capacity());
        tree.put("steady_p99_ms", alone.steadyP99());
        return tree;
    }
}
