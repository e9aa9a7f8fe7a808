package dev.kiln.server;

/// The server cannot start, in words for the operator.
final class StartFailed extends Exception {
    private static final long serialVersionUID = 1L;

    /// Fails with a cause's own message.
    StartFailed(Throwable cause) {
        this(String.valueOf(cause.getMessage()), cause);
    }

    StartFailed(String message) {
        super(message);
    }

    StartFailed(String message, Throwable cause) {
        super(message, cause);
    }
}
