package dev.kiln.server.config;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/// A configuration that was read, and what each of its keys was set to.
///
/// @param settings by dotted key, in the order of the reference configuration
public record Settled(Config config, Map<String, Setting> settings) {
    public Settled {
        settings = Collections.unmodifiableMap(new LinkedHashMap<>(settings));
    }

    /// One key's value.
    ///
    /// @param text as it is spelled in the file, or the default's spelling
    /// @param value what that means; equal for `1m` and `60s`
    public record Setting(String text, Object value) {}
}
