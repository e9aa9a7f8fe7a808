package dev.kiln.loadtest.load;

import dev.kiln.loadtest.report.Figures;
import java.util.ArrayList;
import java.util.List;

/// Whether a run can be believed: a generator that was late or overrun measures itself.
final class Soundness {
    /// Lateness that is allowed in any case, in milliseconds.
    private static final double LEAST = 2;

    /// Share of the server's own p99 that is allowed.
    private static final double SHARE = 0.05;

    private Soundness() {}

    /// The p99 of lateness that a run may have, in milliseconds.
    ///
    /// @param serverP99 from sending to answer, in milliseconds
    static double allowed(double serverP99) {
        return Figures.round(Math.max(LEAST, SHARE * serverP99), 3);
    }

    /// Why nothing can be said; empty if something can.
    static List<String> voids(LoadTest.Measured measured) {
        List<String> voids = new ArrayList<>();
        double late = measured.result().lateness().millisAt(99);
        double allowed = allowed(measured.result().uncorrected().millisAt(99));
        if (late > allowed) {
            voids.add(
                    "the generator itself was late: p99 %.2f ms, allowed are %.2f ms; ask for less, or give it a core of its own"
                            .formatted(late, allowed));
        }
        if (measured.stoppedEarly()) {
            voids.add(
                    "the generator was saturated: %,d answers waited to be judged, and the run was stopped; ask for less, or give it more memory and cores"
                            .formatted(measured.mostUnjudged()));
        }
        double planned = measured.traffic().seconds();
        if (measured.traffic().inFlight().isEmpty()
                && measured.result().seconds() > planned * 1.05 + 1) {
            voids.add(
                    "the generator was saturated: sending took %.1f s instead of %.1f s; ask for less"
                            .formatted(measured.result().seconds(), planned));
        }
        if (measured.chronicle().all().offered == 0) {
            voids.add("nothing stood on the timetable; ask for more, or for longer");
        }
        return voids;
    }
}
