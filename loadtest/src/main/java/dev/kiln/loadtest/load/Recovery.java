package dev.kiln.loadtest.load;

import dev.kiln.loadtest.report.LoadRun;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// How soon a server answers as before once an overload is over: calm, four times too much, calm again, in one run.
final class Recovery {
    static final double CALM_SECONDS = 6;
    static final double OVERLOAD_SECONDS = 4;
    static final double AFTER_SECONDS = 12;

    /// Share of the capacity that is asked for when it is calm.
    private static final double CALM = 0.7;

    private static final double OVERLOAD = 4;

    /// How far p99 may be above its calm median and still count as before.
    private static final double AS_BEFORE = 1.5;

    private static final double CLOSE_MILLIS = 2;
    private static final int IN_A_ROW = 2;

    private final LoadTest test;
    private final Traffic traffic;
    private final LoadSession.Told told;

    Recovery(LoadTest test, Traffic traffic, LoadSession.Told told) {
        this.test = test;
        this.traffic = traffic;
        this.told = told;
    }

    /// Seconds from the end of an overload; empty if it was not seen.
    Optional<Double> after(double capacity) throws InterruptedException {
        double seconds = CALM_SECONDS + OVERLOAD_SECONDS + AFTER_SECONDS;
        List<Profile.Stretch> stretches =
                List.of(
                        new Profile.Stretch(CALM_SECONDS, CALM * capacity),
                        new Profile.Stretch(OVERLOAD_SECONDS, OVERLOAD * capacity),
                        new Profile.Stretch(AFTER_SECONDS, CALM * capacity));
        told.line().accept("  recovery   calm, 4 times the capacity, calm again");
        LoadTest.Measured measured =
                test.measure(
                        traffic.shaped(random -> new ChangingRate(random, stretches), seconds),
                        told.progress());
        return seconds(measured.chronicle().series((int) seconds));
    }

    /// The first second after the overload from which on p99 is as before, for at least so many in a row.
    static Optional<Double> seconds(List<LoadRun.Second> series) {
        List<Double> calm = new ArrayList<>();
        for (LoadRun.Second each : series) {
            // The first second finds the server idle, or the one before still busy.
            if (each.s() >= 1 && each.s() < CALM_SECONDS && each.offered() > 0) {
                calm.add(each.p99Ms());
            }
        }
        if (calm.isEmpty()) {
            return Optional.empty();
        }
        calm.sort(Comparator.naturalOrder());
        double usual = calm.get(calm.size() / 2);
        double bound = Math.max(AS_BEFORE * calm.getLast(), usual + CLOSE_MILLIS);
        int begin = (int) (CALM_SECONDS + OVERLOAD_SECONDS);
        int good = 0;
        for (int s = begin; s < series.size(); s++) {
            LoadRun.Second each = series.get(s);
            boolean asBefore =
                    each.offered() == 0
                            || (each.p99Ms() <= bound && each.good() >= 0.9 * each.offered());
            good = asBefore ? good + 1 : 0;
            if (good == IN_A_ROW) {
                return Optional.of((double) (s - begin + 1 - IN_A_ROW));
            }
        }
        return Optional.empty();
    }
}
