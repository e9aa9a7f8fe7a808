package dev.kiln.server.cli;

/// Exit codes of every command.
public final class Exit {
    /// Done.
    public static final int OK = 0;

    /// Refused or failed.
    public static final int FAILED = 1;

    /// Wrong command line or configuration.
    public static final int USAGE = 2;

    private Exit() {}
}
