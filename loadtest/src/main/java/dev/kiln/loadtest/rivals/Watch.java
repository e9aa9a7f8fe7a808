package dev.kiln.loadtest.rivals;

import dev.kiln.loadtest.bench.ThreadTimes;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/// Watches for a while what a server's threads use, beside whoever asks it.
///
/// **Threads:** started and ended by one thread, with one of its own between.
final class Watch {
    private final KilnStand stand;
    private final double after;
    private final double seconds;
    private final Thread thread = Thread.ofPlatform().daemon().unstarted(this::look);

    /// Written by the watching thread, read once it has ended.
    private Seen seen = new Seen(Double.NaN, 0, Map.of(), Map.of());

    private Watch(KilnStand stand, double after, double seconds) {
        this.stand = stand;
        this.after = after;
        this.seconds = seconds;
    }

    /// Watches for so long from so many seconds on.
    static Watch start(KilnStand stand, double after, double seconds) {
        var watch = new Watch(stand, after, seconds);
        watch.thread.start();
        return watch;
    }

    /// What was seen.
    ///
    /// @param share of a core that the server used; NaN where the watch was broken off
    /// @param earlier nanoseconds of its threads by what they do
    /// @param later the same at the end
    record Seen(double share, double seconds, Map<String, Long> earlier, Map<String, Long> later) {
        /// Microseconds of its threads for each of so many a second, to read.
        String micros(double perSecond) {
            return ThreadTimes.between(earlier, later, Math.round(perSecond * seconds))
                    .entrySet()
                    .stream()
                    .map(each ->
                            "%s %.1f"
                                    .formatted(
                                            each.getKey().toLowerCase(Locale.ROOT),
                                            each.getValue()))
                    .collect(Collectors.joining(", "));
        }
    }

    /// Waits until its time is over.
    Seen seen() throws InterruptedException {
        thread.join();
        return seen;
    }

    private void look() {
        try {
            Thread.sleep(Math.round(after * 1e3));
            double before = stand.cpuMicros();
            Map<String, Long> earlier = stand.threadNanos();
            long beganTick = System.nanoTime();
            Thread.sleep(Math.round(seconds * 1e3));
            double took = (System.nanoTime() - beganTick) / 1e9;
            double share = (stand.cpuMicros() - before) / 1e6 / took;
            seen = new Seen(share, took, earlier, stand.threadNanos());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
