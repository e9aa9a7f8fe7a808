package dev.kiln.server.cli;

import dev.kiln.server.config.ConfigSource;
import dev.kiln.server.config.Home;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

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
            "Exit codes: 0 stopped cleanly, 1 could not start or lost something, 2 wrong configuration, or another server",
            "uses the state folder",
            "",
            "Example: kiln serve --port 0",
            "Example: kiln serve --config kiln.yaml --set drain.grace=5s",
            "Example: kiln serve --state /var/lib/kiln-2 --port 8092   # a second one beside the first"
        },
        mixinStandardHelpOptions = true)
final class ServeCommand implements Callable<Integer> {
    private final Serving serving;
    private final Home home;

    @Mixin private final ConfigOptions options = new ConfigOptions();

    @Option(
            names = "--state",
            paramLabel = "FOLDER",
            description =
                    "Folder of what must survive a restart, for this server alone; state.folder of the configuration.")
    private @Nullable Path state;

    ServeCommand(Serving serving, Home home) {
        this.serving = serving;
        this.home = home;
    }

    @Override
    public Integer call() {
        ConfigSource source = options.source();
        return serving.run(
                state == null ? source : source.with("state.folder=" + state.toAbsolutePath()),
                home);
    }
}
