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
    private final int last;
    private final int least;
    private final AtomicLongArray ages;
    private final AtomicInteger seen = new AtomicInteger();

    /// @param last requests that are remembered
    /// @param least requests below which there is no median, at least 1
    ClockWatch(int last, int least) {
        this.last = last;
        this.least = least;
        this.ages = new AtomicLongArray(last);
    }

    void saw(long ageNanos) {
        int at = seen.getAndUpdate(n -> n == 2 * last - 1 ? last : n + 1);
        ages.set(at % last, ageNanos);
    }

    /// The median age of the requests that are remembered, negative if they come from the future; empty while there are
    /// too few.
    public Optional<Duration> medianAge() {
        int count = Math.min(last, seen.get());
        if (count < least) {
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
