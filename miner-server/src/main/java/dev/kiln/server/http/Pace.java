package dev.kiln.server.http;

import java.time.Duration;

/// So many of something a second on the average, and some more at once after a pause.
///
/// **Threads:** confined to the event loop.
final class Pace {
    /// What it may be behind at most.
    static final Duration LONGEST = Duration.ofSeconds(1);

    /// So much of a second's may come at once.
    static final Duration BURST = Duration.ofMillis(250);

    private long nextTick;

    Pace(long nowTick) {
        this.nextTick = nowTick - BURST.toNanos();
    }

    /// Counts one more.
    ///
    /// @param betweenNanos this one and the next, on the average
    /// @return nanoseconds until its turn, 0 where it is now
    long delay(long nowTick, long betweenNanos) {
        long due = Math.clamp(nextTick - nowTick, -BURST.toNanos(), LONGEST.toNanos());
        nextTick = nowTick + due + betweenNanos;
        return Math.max(0, due);
    }
}
