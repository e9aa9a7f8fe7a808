package dev.kiln.loadtest.page;

import dev.kiln.loadtest.report.LoadRun;
import java.util.Optional;

/// The deadline's line in a plot of latencies. Far above everything it would only squeeze the curves: then a sentence
/// says so instead.
final class Deadline {
    private static final double FAR = 10;

    private Deadline() {}

    static Optional<Plot.Mark> mark(LoadRun run, double highestMillis) {
        double deadline = run.setup().plan().deadlineMs();
        return near(deadline, highestMillis)
                ? Optional.of(
                        new Plot.Mark("y", deadline, "deadline " + Say.millis(deadline), "bad"))
                : Optional.empty();
    }

    static String sentence(LoadRun run, double highestMillis) {
        double deadline = run.setup().plan().deadlineMs();
        return near(deadline, highestMillis) || deadline <= 0
                ? ""
                : " The deadline, %s, lies far above what is shown."
                        .formatted(Say.millis(deadline));
    }

    private static boolean near(double deadline, double highest) {
        return deadline > 0 && deadline <= highest * FAR;
    }
}
