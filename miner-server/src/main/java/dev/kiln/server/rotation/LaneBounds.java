package dev.kiln.server.rotation;

import dev.kiln.core.BatchPolicy;
import dev.kiln.core.LaneSettings;
import dev.kiln.core.Sharing;
import dev.kiln.server.config.Config;

/// What holds for every lane of a server.
///
/// @param sharing how callers share a device's time
public record LaneBounds(Config.Lanes lanes, Sharing sharing) {
    /// @param fellBack whether another device computes than was promised: less is taken in then
    LaneSettings settings(BatchPolicy batches, int loops, boolean fellBack) {
        int cost =
                fellBack ? Math.min(lanes.queuedCost(), lanes.fallbackCost()) : lanes.queuedCost();
        return new LaneSettings(batches, loops, cost, lanes.queuedWork());
    }
}
