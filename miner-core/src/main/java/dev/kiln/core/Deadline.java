package dev.kiln.core;

import java.time.Duration;

/// The monotonic moment after which an answer is worth nothing.
///
/// @param tick on [Time#tick]
public record Deadline(long tick) {
    public static Deadline after(long arrivedTick, Duration allowed) {
        return new Deadline(arrivedTick + allowed.toNanos());
    }

    /// Nanoseconds left, negative once passed.
    public long left(long nowTick) {
        return tick - nowTick;
    }

    public boolean passed(long nowTick) {
        return left(nowTick) <= 0;
    }
}
