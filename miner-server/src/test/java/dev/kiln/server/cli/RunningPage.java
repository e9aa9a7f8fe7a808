package dev.kiln.server.cli;

import java.util.List;
import java.util.Locale;

/// What doctor would say of a server that runs, one line each.
public final class RunningPage {
    private RunningPage() {}

    /// Asks the server at a port of this machine.
    public static List<String> of(int port) {
        return RunningServer.ask(port).findings().stream()
                .map(one -> one.state().name().toLowerCase(Locale.ROOT) + " " + one.fact())
                .toList();
    }
}
