package dev.kiln.core;

/// How a lane runs.
///
/// @param policy when a batch closes
/// @param loops engine threads, at least 1; more than one only for an adapter that may be shared
/// @param maxQueuedCost cost of all items that may wait, in the adapter's unit, at least 1
public record LaneSettings(BatchPolicy policy, int loops, long maxQueuedCost) {
    public LaneSettings {
        if (loops < 1) {
            throw new IllegalArgumentException("loops must be at least 1, was " + loops);
        }
        if (maxQueuedCost < 1) {
            throw new IllegalArgumentException(
                    "maxQueuedCost must be at least 1, was " + maxQueuedCost);
        }
    }
}
