package dev.kiln.core;

import java.util.Arrays;

/// By how much promises have to err on the safe side, learned from those that were kept and those that were not: apart
/// for short and long waits, because many runs even out what one does not.
///
/// Each factor settles where one call in [#ONE_IN] takes longer than told.
///
/// **Threads:** guarded by its owner's lock.
final class Margin {
    /// At most one call in 200 may be late, and only those near their deadline are at stake.
    static final int ONE_IN = 400;

    /// Nothing is promised closely before something was seen; a hundred calls that came in time make up for it.
    private static final double FIRST = 1.5;

    private static final double TRUST = 0.1;

    /// No factor is larger.
    static final double MOST = 3;

    private static final double STEP = 0.02;

    /// By the bits of the wait in nanoseconds.
    private final double[] factors = new double[Long.SIZE];

    private final int[] seen = new int[Long.SIZE];

    Margin() {
        Arrays.fill(factors, FIRST);
    }

    /// What to multiply a predicted wait with.
    double factor(double waitNanos) {
        return factors[bits(waitNanos)];
    }

    /// Nanoseconds to add to a predicted wait.
    double spare(double waitNanos) {
        return waitNanos * (factor(waitNanos) - 1);
    }

    /// The largest factor of any wait between these two.
    double most(double shortestNanos, double longestNanos) {
        double most = 1;
        for (int bits = bits(shortestNanos); bits <= bits(longestNanos); bits++) {
            most = Math.max(most, factors[bits]);
        }
        return most;
    }

    /// Learns from one call that was told a wait.
    ///
    /// @param tookNanos infinite where it never came to its end in time
    void learn(double toldNanos, double tookNanos) {
        int bits = bits(toldNanos);
        double known = factors[bits];
        double trust = Math.max(STEP / ONE_IN, TRUST / ++seen[bits]);
        double step = tookNanos > known * toldNanos ? STEP : -trust;
        factors[bits] = Math.clamp(known + step, 1, MOST);
    }

    private static int bits(double nanos) {
        return Long.SIZE - 1 - Long.numberOfLeadingZeros(Math.max(1, (long) nanos));
    }
}
