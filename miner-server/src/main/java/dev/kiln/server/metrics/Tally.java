package dev.kiln.server.metrics;

import io.micrometer.core.instrument.Counter;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Counters of one route's or one caller's calls, by what came of them. They are few and looked through in turn: a map
/// would have its key made and hashed for every call.
///
/// **Threads:** any; counting blocks only where something comes for the first time.
final class Tally {
    /// Makes the counter of what came of calls, or finds the one made before.
    interface Maker {
        Counter counter(int status, String reason);
    }

    private record Outcome(int status, String reason, Counter counter) {}

    private final Maker maker;

    /// Replaced whole, under this.
    private volatile Outcome[] outcomes = {};

    Tally(Maker maker) {
        this.maker = maker;
    }

    /// One more call came to this.
    ///
    /// @param status of HTTP
    void count(int status, String reason) {
        Counter known = find(status, reason);
        (known == null ? add(status, reason) : known).increment();
    }

    private @Nullable Counter find(int status, String reason) {
        for (Outcome outcome : outcomes) {
            if (outcome.status == status && outcome.reason.equals(reason)) {
                return outcome.counter;
            }
        }
        return null;
    }

    private synchronized Counter add(int status, String reason) {
        Counter meanwhile = find(status, reason);
        if (meanwhile != null) {
            return meanwhile;
        }
        Counter counter = maker.counter(status, reason);
        Outcome[] more = Arrays.copyOf(outcomes, outcomes.length + 1);
        more[outcomes.length] = new Outcome(status, reason, counter);
        outcomes = more;
        return counter;
    }
}
