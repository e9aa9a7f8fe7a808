package dev.kiln.server.cli;

import dev.kiln.server.config.Config;
import dev.kiln.server.config.ConfigException;
import dev.kiln.server.config.ConfigSource;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// Where a configuration comes from, the same for every command that reads one.
final class ConfigOptions {
    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "Configuration; without one, the embedded model and development keys.")
    private @Nullable Path file;

    @Option(
            names = "--port",
            paramLabel = "N",
            description = "Same as --set server.port=N; 0 picks a free one.")
    private @Nullable Integer port;

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "Overrides one key: --set models[0].batch.max-linger=2ms")
    private List<String> sets = new ArrayList<>();

    Config read() throws ConfigException {
        return read(file);
    }

    Config read(@Nullable Path from) throws ConfigException {
        return source(from).read().config();
    }

    ConfigSource source() {
        return source(file);
    }

    private ConfigSource source(@Nullable Path from) {
        List<String> all = new ArrayList<>(sets);
        if (port != null) {
            all.add("server.port=" + port);
        }
        return new ConfigSource(Optional.ofNullable(from), all);
    }
}
