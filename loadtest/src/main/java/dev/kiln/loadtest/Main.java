package dev.kiln.loadtest;

import dev.kiln.loadtest.cli.Commands;

/// The harness's entrance.
public final class Main {
    private Main() {}

    /// Runs one command and ends the process with its exit code.
    public static void main(String[] args) {
        System.exit(Commands.run(args));
    }
}
