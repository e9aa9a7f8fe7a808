package dev.kiln.bittensor.wire;

import dev.kiln.core.Refusal;
import dev.kiln.core.Refused;
import dev.kiln.core.Time;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/// A token bucket for each caller that was proved: so many calls a second, with one second's worth at once.
///
/// **Threads:** any; never blocks for long.
final class RateLimit {
    /// Callers remembered; the one longest silent is forgotten, which only ever favours it.
    private static final int MOST_CALLERS = 4096;

    private final double perSecond;
    private final double burst;
    private final Time time;
    private final ReentrantLock lock = new ReentrantLock();
    private final LinkedHashMap<String, Bucket> buckets =
            new LinkedHashMap<>(16, 0.75f, true) {
                private static final long serialVersionUID = 1L;

                @Override
                protected boolean removeEldestEntry(Map.Entry<String, Bucket> eldest) {
                    return size() > MOST_CALLERS;
                }
            };

    /// @param perSecond calls a second, above 0
    RateLimit(double perSecond, Time time) {
        if (!(perSecond > 0)) {
            throw new IllegalArgumentException("perSecond must be above 0, was " + perSecond);
        }
        this.perSecond = perSecond;
        this.burst = Math.max(1, perSecond);
        this.time = time;
    }

    /// Counts one call.
    void take(String caller) throws Refused {
        lock.lock();
        try {
            long now = time.tick();
            Bucket bucket = buckets.computeIfAbsent(caller, _ -> new Bucket(burst, now));
            double elapsed = (now - bucket.tick) / 1e9;
            bucket.tokens = Math.min(burst, bucket.tokens + elapsed * perSecond);
            bucket.tick = now;
            if (bucket.tokens < 1) {
                long wait = (long) Math.ceil((1 - bucket.tokens) / perSecond * 1e9);
                throw Refused.until(
                        Refusal.LIMIT_RATE_CALLER,
                        "more than %s calls a second".formatted(perSecond),
                        Duration.ofNanos(wait));
            }
            bucket.tokens -= 1;
        } finally {
            lock.unlock();
        }
    }

    private static final class Bucket {
        private double tokens;
        private long tick;

        Bucket(double tokens, long tick) {
            this.tokens = tokens;
            this.tick = tick;
        }
    }
}
