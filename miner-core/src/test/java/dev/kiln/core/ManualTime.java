package dev.kiln.core;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/// A clock that a test moves by hand.
final class ManualTime implements Time {
    private final AtomicLong nanos = new AtomicLong(1);

    @Override
    public long epochNanos() {
        return nanos.get();
    }

    @Override
    public long tick() {
        return nanos.get();
    }

    void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
    }

    void set(long tick) {
        nanos.set(tick);
    }
}
