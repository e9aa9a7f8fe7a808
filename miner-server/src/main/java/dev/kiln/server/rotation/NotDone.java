package dev.kiln.server.rotation;

/// A change that was asked for and not made; what served before serves on. The message is meant for the operator.
public final class NotDone extends Exception {
    private static final long serialVersionUID = 1L;

    NotDone(String message) {
        super(message, null, false, false);
    }
}
