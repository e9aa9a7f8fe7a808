package dev.kiln.loadtest.cli;

import dev.kiln.loadtest.traffic.Examination;

/// The live line of a load run.
final class Progress {
    private Progress() {}

    static String line(Examination.Progress progress) {
        return "%3.0f s  sent %,d  answered %,d  refused %,d  lost %,d  wrong %,d  p99 %.1f ms%s"
                .formatted(
                        progress.seconds(),
                        progress.sent(),
                        progress.counts().answered(),
                        progress.counts().refused(),
                        progress.counts().lost(),
                        progress.counts().failed(),
                        progress.p99Millis(),
                        progress.unjudged() > 100
                                ? "  to judge %,d".formatted(progress.unjudged())
                                : "");
    }
}
