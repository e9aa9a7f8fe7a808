package dev.kiln.server.cli;

import dev.kiln.server.config.ConfigSource;
import dev.kiln.server.config.Home;

/// Runs a server until it is told to stop.
public interface Serving {
    /// Serves.
    ///
    /// @return the process's exit code
    int run(ConfigSource source, Home home);
}
