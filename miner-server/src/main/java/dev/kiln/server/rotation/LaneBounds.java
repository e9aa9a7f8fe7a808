package dev.kiln.server.rotation;

import dev.kiln.core.BatchPolicy;
import dev.kiln.core.LaneSettings;
import dev.kiln.core.Sharing;
import java.time.Duration;

/// What holds for every lane of a server.
///
/// @param queuedCost cost of all items that may wait for one model
/// @param queuedWork predicted time until all that waits for it is done
/// @param sharing how callers share its time
public record LaneBounds(int queuedCost, Duration queuedWork, Sharing sharing) {
    LaneSettings settings(BatchPolicy batches, int loops) {
        return new LaneSettings(batches, loops, queuedCost, queuedWork, sharing);
    }
}
