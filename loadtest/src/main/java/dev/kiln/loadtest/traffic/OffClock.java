package dev.kiln.loadtest.traffic;

import dev.kiln.core.Time;

/// A caller's own clock: ours, and always off by the same.
///
/// @param offsetNanos above 0 runs ahead
public record OffClock(long offsetNanos) implements Time {
    @Override
    public long epochNanos() {
        return Time.SYSTEM.epochNanos() + offsetNanos;
    }

    @Override
    public long tick() {
        return Time.SYSTEM.tick();
    }
}
