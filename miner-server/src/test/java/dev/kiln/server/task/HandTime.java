package dev.kiln.server.task;

import dev.kiln.core.Time;
import java.time.Duration;

/// A clock that a test moves by hand.
final class HandTime implements Time {
    private long nanos = 1;

    @Override
    public long epochNanos() {
        return nanos;
    }

    @Override
    public long tick() {
        return nanos;
    }

    void pass(Duration time) {
        nanos += time.toNanos();
    }
}
