package dev.kiln.loadtest.compare;

import dev.kiln.loadtest.report.LoadRun;
import java.util.ArrayList;
import java.util.List;

/// Compares two runs. The first is what was, the second what is.
public final class Compare {
    /// How to compare.
    ///
    /// @param confidence for all changes together; each single one is held to more (Bonferroni)
    /// @param least relative change of a latency or a rate that matters, such as 0.03
    public record Rules(double confidence, double least) {
        /// 95 % sure, and 3 % at least: two runs of the same server differ by that.
        public static final Rules DEFAULT = new Rules(0.95, 0.03);
    }

    private Compare() {}

    /// Why these two should not be compared; empty if they may.
    public static List<String> obstacles(LoadRun before, LoadRun after) {
        return Workload.obstacles(before, after);
    }

    /// Compares whatever the obstacles are; they stand in the result.
    public static Comparison of(LoadRun before, LoadRun after, Rules rules) {
        List<Comparison.Change> changes = new Changes(before, after, rules).all();
        String word = word(changes);
        return new Comparison(
                Comparison.SCHEMA,
                word,
                statement(word, changes, before, after, rules),
                rules.confidence(),
                side(before),
                side(after),
                changes,
                Workload.differences(before, after),
                obstacles(before, after));
    }

    private static Comparison.Side side(LoadRun run) {
        return new Comparison.Side(
                run.setup().started(), run.verdict().word(), run.setup().command());
    }

    private static String word(List<Comparison.Change> changes) {
        if (changes.stream().anyMatch(change -> change.word().equals("worse"))) {
            return "worse";
        }
        return changes.stream().anyMatch(change -> change.word().equals("better"))
                ? "better"
                : "same";
    }

    private static String statement(
            String word,
            List<Comparison.Change> changes,
            LoadRun before,
            LoadRun after,
            Rules rules) {
        List<String> parts = new ArrayList<>();
        String sure = "%.0f %% confidence for all together".formatted(rules.confidence() * 100);
        parts.add(
                word.equals("same")
                        ? "No change is beyond noise (%s, and %s %% at least for latencies and rates)."
                                .formatted(sure, trimmed(rules.least() * 100))
                        : "Beyond noise (%s): %s.".formatted(sure, named(changes)));
        parts.add(
                "A request of the later run is slower than one of the earlier run with probability %.2f."
                        .formatted(
                                Tail.slower(
                                        before.latency().corrected(),
                                        after.latency().corrected())));
        parts.add(
                "Noise here is that within two runs; the same server started again differs by more, so repeat before you believe a small change.");
        return String.join(" ", parts);
    }

    private static String named(List<Comparison.Change> changes) {
        List<String> named = new ArrayList<>();
        for (String word : List.of("worse", "better")) {
            List<String> names =
                    changes.stream()
                            .filter(change -> change.word().equals(word))
                            .map(Comparison.Change::name)
                            .toList();
            if (!names.isEmpty()) {
                named.add(word + ": " + String.join(", ", names));
            }
        }
        return String.join("; ", named);
    }

    private static String trimmed(double number) {
        return number == Math.rint(number)
                ? "%.0f".formatted(number)
                : String.valueOf(Math.rint(number * 100) / 100);
    }
}
