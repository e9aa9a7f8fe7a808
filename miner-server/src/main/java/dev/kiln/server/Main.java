package dev.kiln.server;

import dev.kiln.server.cli.Cli;

/// `kiln`: the server's commands.
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        System.exit(new Cli(new Serve()).run(args));
    }
}
