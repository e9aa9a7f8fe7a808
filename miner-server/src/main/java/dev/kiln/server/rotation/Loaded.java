package dev.kiln.server.rotation;

import dev.kiln.core.Lane;
import dev.kiln.server.config.Config;
import java.util.List;

/// A model that runs, and what it was configured as.
///
/// @param lanes one for each device that computes it, at least one
public record Loaded(Config.Model model, List<Lane> lanes) {
    public Loaded {
        lanes = List.copyOf(lanes);
    }

    /// The lane of the first device.
    Lane first() {
        return lanes.getFirst();
    }

    String sha256() {
        return first().info().sha256();
    }
}
