package dev.kiln.core;

import java.lang.management.ManagementFactory;
import java.time.Instant;

/// The two clocks a server needs, so that tests can hold them still.
///
/// **Threads:** any.
public interface Time {
    /// The machine's clocks.
    Time SYSTEM =
            new Time() {
                @Override
                public long epochNanos() {
                    Instant now = Instant.now();
                    return now.getEpochSecond() * 1_000_000_000L + now.getNano();
                }

                @Override
                public long tick() {
                    return System.nanoTime();
                }
            };

    /// Wall clock, nanoseconds since 1970. May jump.
    long epochNanos();

    /// Monotonic clock, nanoseconds from an arbitrary origin; only differences mean anything.
    long tick();

    /// Processor time that the calling platform thread has had, nanoseconds.
    default long threadNanos() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }
}
