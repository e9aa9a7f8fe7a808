package dev.kiln.server.metrics;

import io.micrometer.core.instrument.Clock;

/// The time when somebody last looked: each timer asks twice for every call it records, eight timers record each call, and
/// all that hangs on it are windows of minutes.
///
/// **Threads:** any.
final class RecordedClock implements Clock {
    private volatile long wallMillis = System.currentTimeMillis();

    /// Looks at the clock.
    void look() {
        wallMillis = System.currentTimeMillis();
    }

    @Override
    public long wallTime() {
        return wallMillis;
    }

    @Override
    public long monotonicTime() {
        return System.nanoTime();
    }
}
