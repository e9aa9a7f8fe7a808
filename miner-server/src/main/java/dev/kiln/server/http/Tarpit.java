package dev.kiln.server.http;

import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;

/// Bounds how many replies a second say no to senders who are not proved. Beyond that rate such replies wait, and the next
/// request of a connection is read when its reply has left: a flood costs a known share of a core, however many
/// connections it has, and nobody else waits for it.
///
/// **Threads:** confined to the event loop, except [#slowed].
final class Tarpit {
    /// Later a client would take the miner for dead.
    static final Duration LONGEST = Duration.ofSeconds(1);

    /// So much of the rate may come at once: whoever has a wrong clock, or is not in the roster yet, notices nothing.
    static final Duration BURST = Duration.ofMillis(250);

    private final long betweenNanos;
    private final LongAdder slowed = new LongAdder();
    private long nextTick;

    Tarpit(int perSecond, long nowTick) {
        this.betweenNanos = 1_000_000_000L / perSecond;
        this.nextTick = nowTick - BURST.toNanos();
    }

    /// How long one more such reply has to wait.
    ///
    /// @return nanoseconds, 0 for not at all
    long delay(long nowTick) {
        long due = Math.clamp(nextTick - nowTick, -BURST.toNanos(), LONGEST.toNanos()) + nowTick;
        nextTick = due + betweenNanos;
        if (due <= nowTick) {
            return 0;
        }
        slowed.increment();
        return due - nowTick;
    }

    /// Replies that had to wait so far. Any thread.
    long slowed() {
        return slowed.sum();
    }
}
