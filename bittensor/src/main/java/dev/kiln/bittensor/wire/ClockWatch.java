package dev.kiln.bittensor.wire;

import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;

/// How old requests are on arrival. When the median is off by more than a second, this machine's clock is suspect.
///
/// **Threads:** any; never blocks.
public final class ClockWatch {
    private static final int LAST = 128;

    private final AtomicLongArray ages = new AtomicLongArray(LAST);
    private final AtomicInteger seen = new AtomicInteger();

    void saw(long ageNanos) {
        int at = seen.getAndUpdate(n -> n == 2 * LAST - 1 ? LAST : n + 1);
        ages.set(at % LAST, ageNanos);
    }

    /// The median age of the last 128 requests that were proved, negative if they come from the future; empty until
    /// there are 16.
    public Optional<Duration> medianAge() {
        int count = Math.min(LAST, seen.get());
        if (count < 16) {
            return Optional.empty();
        }
        long[] sorted = new long[count];
        for (int i = 0; i < count; i++) {
            sorted[i] = ages.get(i);
        }
        Arrays.sort(sorted);
        return Optional.of(Duration.ofNanos(sorted[count / 2]));
    }
}
