package dev.kiln.loadtest.report;

import dev.kiln.loadtest.traffic.Latencies;
import java.util.Optional;

/// Whether a generator was on time: one that was late measures itself.
public final class Punctuality {
    /// Lateness that is allowed in any case, in milliseconds.
    private static final double LEAST = 2;

    /// Share of the server's own p99 that is allowed.
    private static final double SHARE = 0.05;

    private Punctuality() {}

    /// The p99 of lateness that a run may have, in milliseconds.
    ///
    /// @param serverP99 from sending to answer, in milliseconds
    public static double allowed(double serverP99) {
        return Figures.round(Math.max(LEAST, SHARE * serverP99), 3);
    }

    /// Why a run is void; empty if its generator was on time.
    ///
    /// @param uncorrected from sending to answer
    public static Optional<String> fault(Latencies lateness, Latencies uncorrected) {
        double late = lateness.millisAt(99);
        double allowed = allowed(uncorrected.millisAt(99));
        return late <= allowed
                ? Optional.empty()
                : Optional.of(
                        "the generator itself was late: p99 %.2f ms, allowed are %.2f ms; ask for less, or give it a core of its own"
                                .formatted(late, allowed));
    }
}
