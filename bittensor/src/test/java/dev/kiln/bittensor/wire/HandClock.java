package dev.kiln.bittensor.wire;

import dev.kiln.core.Time;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/// Clocks that a test moves by hand; the wall clock may also be set apart from the monotonic one.
final class HandClock implements Time {
    private final AtomicLong epoch;
    private final AtomicLong tick = new AtomicLong(1_000);

    HandClock(long epochNanos) {
        this.epoch = new AtomicLong(epochNanos);
    }

    @Override
    public long epochNanos() {
        return epoch.get();
    }

    @Override
    public long tick() {
        return tick.get();
    }

    void pass(Duration time) {
        epoch.addAndGet(time.toNanos());
        tick.addAndGet(time.toNanos());
    }

    void setWall(long epochNanos) {
        epoch.set(epochNanos);
    }
}
