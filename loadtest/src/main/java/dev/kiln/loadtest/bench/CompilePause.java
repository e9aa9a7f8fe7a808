package dev.kiln.loadtest.bench;

import java.time.Duration;
import java.util.function.LongSupplier;

/// A pause between stretches of a warm-up, in which a server compiles what it has put off: its compilers' threads are nice
/// and take what calls leave, and a core that is kept busy leaves them little.
///
/// **Threads:** any.
public final class CompilePause {
    /// At the most.
    public static final Duration LONGEST = Duration.ofSeconds(5);

    private static final Duration LOOK = Duration.ofMillis(200);

    /// Of a core.
    private static final double LITTLE = 0.1;

    private CompilePause() {}

    /// Waits until the server compiles little.
    ///
    /// @param compilingNanos processor time that it has spent on that up to now; constant where it does not tell
    public static void take(LongSupplier compilingNanos) throws InterruptedException {
        long began = System.nanoTime();
        double share;
        do {
            long before = compilingNanos.getAsLong();
            long from = System.nanoTime();
            Thread.sleep(LOOK);
            share =
                    (compilingNanos.getAsLong() - before)
                            / (double) Math.max(1, System.nanoTime() - from);
        } while (share > LITTLE && System.nanoTime() - began < LONGEST.toNanos());
    }
}
