package dev.kiln.loadtest.cli;

/// A command that cannot go on. The message is one line for the user and ends with what to do.
final class Failure extends Exception {
    private static final long serialVersionUID = 1L;

    /// Nothing could be run: wrong usage, missing file, unreachable server.
    static final int CANNOT_RUN = 2;

    /// It ran, and the answer is no.
    static final int REFUSED = 1;

    private final int exitCode;

    Failure(int exitCode, String message) {
        super(message, null, false, false);
        this.exitCode = exitCode;
    }

    int exitCode() {
        return exitCode;
    }
}
