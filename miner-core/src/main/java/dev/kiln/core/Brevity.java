package dev.kiln.core;

/// Keeps batches short while somebody asks for little beside others who have more waiting than a batch holds: whoever
/// comes next waits for the batch that runs, however soon its turn is, and then for all of its own.
///
/// A batch then takes no longer than [#TIMES] what such a call takes alone. Where an engine hardly pays for company, as a
/// GPU does, that is more than any batch takes and nothing changes.
///
/// **Threads:** guarded by the device's lock.
final class Brevity {
    /// A batch's time over that of a call alone. Who has a tenth of the engine and asks for it one call at a time waits ten
    /// times what a call takes, for the rest of one batch and for all of its own: less than twenty in all.
    static final double TIMES = 4;

    /// A caller who asks now and then finds batches short if its last call was no longer ago.
    static final long REMEMBERED_NANOS = 10_000_000_000L;

    private static final double LEARNING = 0.1;

    /// Nanoseconds that the calls of such callers take alone; 0 while none came.
    private double alone;

    private long cameTick;

    /// A call came of which nothing waited, while others had something waiting.
    ///
    /// @param aloneNanos that it takes alone; 0 where nothing is known of the engine
    void came(double aloneNanos, long nowTick) {
        if (aloneNanos > 0) {
            alone = remembers(nowTick) ? alone + LEARNING * (aloneNanos - alone) : aloneNanos;
            cameTick = nowTick;
        }
    }

    /// Whether anybody asked for little lately.
    boolean remembers(long nowTick) {
        return alone > 0 && nowTick - cameTick <= REMEMBERED_NANOS;
    }

    /// Nanoseconds that a batch should take at most.
    double longest(long nowTick) {
        return remembers(nowTick) ? TIMES * alone : Double.POSITIVE_INFINITY;
    }
}
