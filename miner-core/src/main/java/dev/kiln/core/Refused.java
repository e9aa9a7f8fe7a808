package dev.kiln.core;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// An expected "no". Its message may leave the process: it must hold no internals. Carries no stack trace.
public final class Refused extends Exception {
    private static final long serialVersionUID = 1L;

    private final Refusal reason;
    private final transient @Nullable Duration retryAfter;

    /// @param message what is wrong, the value, the bound, what to do; shown to the caller
    public Refused(Refusal reason, String message) {
        this(reason, message, null);
    }

    private Refused(Refusal reason, String message, @Nullable Duration retryAfter) {
        super(message, null, false, false);
        this.reason = reason;
        this.retryAfter = retryAfter;
    }

    /// A refusal that will not hold for long.
    ///
    /// @param retryAfter when the same call would be let in as far as can be told now
    public static Refused until(Refusal reason, String message, Duration retryAfter) {
        return new Refused(reason, message, retryAfter);
    }

    public Refusal reason() {
        return reason;
    }

    /// When trying again makes sense; empty where time alone changes nothing.
    public Optional<Duration> retryAfter() {
        return Optional.ofNullable(retryAfter);
    }
}
