package dev.kiln.loadtest.miner;

/// A child process that did not do its part. The message ends with what it said last.
public final class MinerException extends Exception {
    private static final long serialVersionUID = 1L;

    /// @param tail the last lines of its log, may be empty
    public MinerException(String message, String tail) {
        super(
                tail.isBlank()
                        ? message
                        : message + "; it said last:\n" + tail.indent(4).stripTrailing());
    }
}
