package dev.kiln.server.rotation;

import dev.kiln.core.Lane;
import dev.kiln.server.config.Config;

/// A model that runs, and what it was configured as.
public record Loaded(Config.Model model, Lane lane) {
    String sha256() {
        return lane.info().sha256();
    }
}
