package dev.kiln.server.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Where a configuration comes from, so that it can be read again.
///
/// @param file empty for the defaults
/// @param sets `key=value`, laid over it
public record ConfigSource(Optional<Path> file, List<String> sets) {
    public ConfigSource {
        sets = List.copyOf(sets);
    }

    /// Reads it as it stands now.
    public Settled read() throws ConfigException {
        return ConfigFile.settle(this);
    }

    /// The same with one key more laid over it.
    public ConfigSource with(String set) {
        List<String> all = new ArrayList<>(sets);
        all.add(set);
        return new ConfigSource(file, all);
    }

    /// The same keys laid over another file.
    public ConfigSource of(Path other) {
        return new ConfigSource(Optional.of(other), sets);
    }
}
