package dev.kiln.loadtest.traffic;

import java.net.ConnectException;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeoutException;

/// Why a request got no response, in a few words that can be counted.
public final class Losses {
    /// Longer than its caller's patience.
    static final String TIMEOUT = "timeout";

    private Losses() {}

    /// A cause with nothing in it that differs from request to request.
    public static String cause(Throwable failure) {
        String message =
                Optional.ofNullable(failure.getMessage()).orElse("").toLowerCase(Locale.ROOT);
        String type = failure.getClass().getSimpleName();
        if (failure instanceof Transport.TooLarge) {
            return "answer too large";
        }
        if (failure instanceof ConnectException || message.contains("connection refused")) {
            return "connection refused";
        }
        if (failure instanceof TimeoutException
                || type.contains("Timeout")
                || message.contains("timeout")) {
            return TIMEOUT;
        }
        if (message.contains("ssl") || message.contains("tls")) {
            return "no TLS";
        }
        if (message.contains("closed") || message.contains("reset")) {
            return "connection closed";
        }
        if (type.contains("UnknownHost") || message.contains("resolve")) {
            return "unknown host";
        }
        return type;
    }
}
