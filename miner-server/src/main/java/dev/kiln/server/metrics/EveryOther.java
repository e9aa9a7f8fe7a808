package dev.kiln.server.metrics;

import dev.kiln.core.Answered;
import dev.kiln.core.Refused;
import dev.kiln.core.Route;
import dev.kiln.server.http.CallObserver;

/// Another observer that hears only what ends in every other turn of a quarter of a second. For measuring what observing
/// costs, within one process: the turns are those of the monotonic clock, by which another process can tell them.
///
/// **Threads:** any; as the other.
public record EveryOther(CallObserver observer) implements CallObserver {
    private static final long TURN_NANOS = 250_000_000;

    @Override
    public void answered(Route route, Answered answered, String source, long tookNanos) {
        if (hears()) {
            observer.answered(route, answered, source, tookNanos);
        }
    }

    @Override
    public void refused(String route, Refused refused, String source) {
        if (hears()) {
            observer.refused(route, refused, source);
        }
    }

    private static boolean hears() {
        return Math.floorMod(Math.floorDiv(System.nanoTime(), TURN_NANOS), 2) == 0;
    }
}
