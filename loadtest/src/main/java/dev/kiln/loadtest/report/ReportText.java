package dev.kiln.loadtest.report;

import dev.kiln.loadtest.quality.RocAuc;
import dev.kiln.loadtest.traffic.BatchFacts;
import dev.kiln.loadtest.traffic.Examination;
import dev.kiln.loadtest.traffic.Latencies;
import dev.kiln.loadtest.traffic.Ledger;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/// A run as lines for people.
public final class ReportText {
    private ReportText() {}

    /// The table, the figures and the verdict.
    public static List<String> of(Run run, Verdict verdict) {
        List<String> lines = new ArrayList<>();
        table(lines, run);
        lines.add("");
        figures(lines, run);
        lines.add("");
        lines.add(line("verdict", verdict.word().toUpperCase(Locale.ROOT)));
        verdict.voids().forEach(why -> lines.add(line("", "latencies are VOID: " + why)));
        verdict.reasons().forEach(reason -> lines.add(line("", reason)));
        return lines;
    }

    private static void table(List<String> lines, Run run) {
        lines.add(
                "%-9s %10s  %-8s %-8s %6s %9s %8s %5s %6s %5s %8s %8s"
                        .formatted(
                                "validator",
                                "stake TAO",
                                "scheme",
                                "sees",
                                "sent",
                                "answered",
                                "refused",
                                "lost",
                                "wrong",
                                "late",
                                "p50 ms",
                                "p99 ms"));
        for (int i = 0; i < run.members().size(); i++) {
            Run.Member member = run.members().get(i);
            Ledger.Share share = run.result().counts().shares().get(i);
            lines.add(
                    "%-9s %,10.0f  %-8s %-8s %,6d %,9d %,8d %,5d %,6d %,5d %8.1f %8.1f"
                            .formatted(
                                    member.label(),
                                    member.stake(),
                                    member.scheme(),
                                    member.sees(),
                                    share.settled(),
                                    share.answered(),
                                    share.refused(),
                                    share.lost(),
                                    share.failed(),
                                    share.late(),
                                    share.p50Millis(),
                                    share.p99Millis()));
        }
    }

    private static void figures(List<String> lines, Run run) {
        Examination.Result result = run.result();
        Ledger.Counts counts = result.counts();
        Latencies corrected = result.corrected();
        lines.add(
                line(
                        "latency",
                        "p50 %.1f  p90 %.1f  p99 %.1f  p99.9 %.1f  max %.1f ms, from the intended moment"
                                .formatted(
                                        corrected.millisAt(50),
                                        corrected.millisAt(90),
                                        corrected.millisAt(99),
                                        corrected.millisAt(99.9),
                                        corrected.maxMillis())));
        lines.add(
                line(
                        "",
                        "uncorrected p99 %.1f ms; recorded from %s"
                                .formatted(result.uncorrected().millisAt(99), Latencies.RANGE)));
        lines.add(
                line(
                        "generator",
                        "late itself by %.2f ms at p99, %.2f ms at most"
                                .formatted(
                                        result.lateness().millisAt(99),
                                        result.lateness().maxMillis())));
        lines.add(
                line(
                        "quality",
                        "ROC AUC %.3f over %,d judged pairs; the bar is %.2f"
                                .formatted(
                                        counts.quality().orElse(0), counts.scored(), RocAuc.BAR)));
        lines.add(line("signatures", signatures(counts)));
        batches(lines, counts.batches());
        causes(lines, "refused", counts.reasons().refused());
        causes(lines, "lost", counts.reasons().lost());
    }

    private static String signatures(Ledger.Counts counts) {
        return Verdict.signaturesOk(counts)
                ? "all %,d answers signed by the miner that was asked, each for its own request"
                        .formatted(counts.answered())
                : "NOT all answers are signed as they must be";
    }

    private static void batches(List<String> lines, BatchFacts facts) {
        if (facts.receipts() == 0) {
            return;
        }
        lines.add(
                line(
                        "receipts",
                        "%,d say more: mean batch %.1f, largest %d texts, on %s, %s"
                                .formatted(
                                        facts.receipts(),
                                        facts.meanItems(),
                                        facts.largest(),
                                        facts.last().device(),
                                        facts.last().engine())));
        lines.add(
                line(
                        "stages",
                        facts.meanStageMicros().entrySet().stream()
                                .map(stage ->
                                        "%s %.2f"
                                                .formatted(
                                                        stage.getKey().replace('_', ' '),
                                                        stage.getValue() / 1e3))
                                .collect(
                                        Collectors.joining(
                                                "  ", "", "  ms on average, the miner's word"))));
    }

    private static void causes(List<String> lines, String name, Map<String, Long> causes) {
        if (!causes.isEmpty()) {
            lines.add(
                    line(
                            name,
                            causes.entrySet().stream()
                                    .map(cause ->
                                            "%s %,d".formatted(cause.getKey(), cause.getValue()))
                                    .collect(Collectors.joining(", "))));
        }
    }

    private static String line(String name, String text) {
        return "%-11s %s".formatted(name, text).stripTrailing();
    }
}
