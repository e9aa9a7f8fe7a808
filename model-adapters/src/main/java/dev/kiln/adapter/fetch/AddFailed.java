package dev.kiln.adapter.fetch;

/// A model could not be added. The message says why and what to do, and is meant to be shown as it is; what was verified
/// is kept for the next try.
public final class AddFailed extends Exception {
    private static final long serialVersionUID = 1L;

    AddFailed(String message) {
        super(message);
    }

    AddFailed(String message, Throwable cause) {
        super(message, cause);
    }
}
