package dev.kiln.loadtest.load;

import dev.kiln.loadtest.report.Punctuality;
import java.util.ArrayList;
import java.util.List;

/// Whether a run can be believed: a generator that was late or overrun measures itself.
final class Soundness {
    private Soundness() {}

    /// Why nothing can be said; empty if something can.
    static List<String> voids(LoadTest.Measured measured) {
        List<String> voids = new ArrayList<>();
        Punctuality.fault(measured.result().lateness(), measured.result().uncorrected())
                .ifPresent(voids::add);
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
