package dev.kiln.loadtest.report;

import dev.kiln.core.Refusal;
import dev.kiln.loadtest.traffic.Ledger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/// Whether a miner did what it owes to honest validators.
///
/// @param reasons why not, in words; empty if it passed
/// @param voids why its latencies say nothing, in words; empty if they do. What was signed, answered and refused holds
///     all the same
public record Verdict(List<String> reasons, List<String> voids) {
    public Verdict {
        reasons = List.copyOf(reasons);
        voids = List.copyOf(voids);
    }

    public boolean pass() {
        return reasons.isEmpty();
    }

    /// `pass` or `fail`.
    public String word() {
        return pass() ? "pass" : "fail";
    }

    /// The exit code: 0 passed, 1 failed.
    public int exitCode() {
        return pass() ? 0 : 1;
    }

    /// Judges a run.
    public static Verdict of(Run run) {
        Ledger.Counts counts = run.result().counts();
        List<String> reasons = new ArrayList<>(faults(counts));
        quality(reasons, counts);
        model(reasons, run);
        if (run.exitCode().orElse(0) != 0) {
            reasons.add("the miner ended with exit code %d".formatted(run.exitCode().orElse(0)));
        }
        List<String> voids =
                Punctuality.fault(run.result().lateness(), run.result().uncorrected()).stream()
                        .toList();
        return new Verdict(reasons, voids);
    }

    /// What was wrong with single answers, whatever they are worth together.
    public static List<String> faults(Ledger.Counts counts) {
        List<String> reasons = new ArrayList<>();
        if (counts.answered() == 0) {
            reasons.add("nothing was answered rightly");
        }
        all(reasons, counts.reasons().unproved(), "%d answers without proof: %s");
        all(reasons, counts.reasons().wrong(), "%d wrong answers: %s");
        all(reasons, counts.reasons().lost(), "%d lost: %s");
        counts.reasons().refused().forEach((code, count) -> refused(reasons, code, count));
        return reasons;
    }

    /// Whether every answer carried the expected miner's valid signature.
    public static boolean signaturesOk(Ledger.Counts counts) {
        return counts.reasons().unproved().isEmpty() && counts.answered() > 0;
    }

    private static void all(List<String> reasons, Map<String, Long> causes, String shape) {
        causes.forEach((cause, count) -> reasons.add(shape.formatted(count, cause)));
    }

    /// A busy miner may say so; a miner that turns honest callers away as if they were at fault may not.
    private static void refused(List<String> reasons, String code, long count) {
        boolean busy =
                Arrays.stream(Refusal.values())
                        .anyMatch(reason ->
                                reason.name().equals(code)
                                        && reason.owner() == Refusal.Owner.MINER);
        if (!busy
                || code.equals(Refusal.INTERNAL_ERROR.name())
                || code.equals(Refusal.RUN_MODEL_ERROR.name())) {
            reasons.add("%d honest requests refused: %s".formatted(count, code));
        }
    }

    /// Adds what speaks against their quality.
    public static void quality(List<String> reasons, Ledger.Counts counts) {
        counts.score().reasons().forEach(why -> reasons.add("quality: " + why));
    }

    private static void model(List<String> reasons, Run run) {
        String asserted = run.result().counts().batches().last().sha256();
        String told = run.target().sha256();
        if (!asserted.isEmpty() && !told.isEmpty() && !asserted.equals(told)) {
            reasons.add("receipts name model %s, the ready line %s".formatted(asserted, told));
        }
    }
}
