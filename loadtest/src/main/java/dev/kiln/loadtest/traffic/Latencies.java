package dev.kiln.loadtest.traffic;

import org.HdrHistogram.Histogram;

/// How long answers took. Range 1 µs to one hour with three significant digits; longer counts as one hour. Its size
/// is fixed, however many it takes.
///
/// **Threads:** any.
public final class Latencies {
    /// The range and resolution, for reports.
    public static final String RANGE = "1 µs to 1 h, 3 significant digits";

    private static final long MAX_MICROS = 3_600_000_000L;

    private final Histogram micros = new Histogram(1, MAX_MICROS, 3);

    /// Takes one span of time in nanoseconds; less than 1 µs counts as 1 µs.
    public synchronized void record(long nanos) {
        micros.recordValue(Math.clamp(nanos / 1_000, 1, MAX_MICROS));
    }

    /// How many were taken.
    public synchronized long count() {
        return micros.getTotalCount();
    }

    /// The value that this share of all did not exceed, in milliseconds; 0 while there is none.
    ///
    /// @param percentile from 0 to 100
    public synchronized double millisAt(double percentile) {
        return micros.getTotalCount() == 0 ? 0 : micros.getValueAtPercentile(percentile) / 1e3;
    }

    /// The longest, in milliseconds.
    public synchronized double maxMillis() {
        return micros.getTotalCount() == 0 ? 0 : micros.getMaxValue() / 1e3;
    }

    /// The mean, in milliseconds; 0 while there is none.
    public synchronized double meanMillis() {
        return micros.getTotalCount() == 0 ? 0 : micros.getMean() / 1e3;
    }

    /// What was taken up to now, in microseconds.
    public synchronized Histogram copy() {
        return micros.copy();
    }

    /// Forgets everything.
    public synchronized void clear() {
        micros.reset();
    }
}
