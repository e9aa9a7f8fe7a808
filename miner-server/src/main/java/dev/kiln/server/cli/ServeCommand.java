package dev.kiln.server.cli;

import dev.kiln.server.config.Home;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
        name = "serve",
        description = {
            "Serves models to the callers of the roster until SIGTERM or SIGINT.",
            "",
            "When ready, one line on standard output: ready <url> hotkey <ss58> model <name>@<sha256>",
            "Logs go to standard error. A second signal cuts the drain short.",
            ""
        },
        footer = {
            "",
            "Exit codes: 0 stopped cleanly, 1 could not start or lost something, 2 wrong configuration",
            "",
            "Example: kiln serve --port 0",
            "Example: kiln serve --config kiln.yaml --set drain.grace=5s"
        },
        mixinStandardHelpOptions = true)
final class ServeCommand implements Callable<Integer> {
    private final Serving serving;
    private final Home home;

    @Mixin private final ConfigOptions options = new ConfigOptions();

    ServeCommand(Serving serving, Home home) {
        this.serving = serving;
        this.home = home;
    }

    @Override
    public Integer call() {
        return serving.run(options.source(), home);
    }
}
