package dev.kiln.core;

import java.time.Duration;

/// How a lane runs.
///
/// @param policy when a batch closes
/// @param loops engine threads, at least 1; more than one only for an adapter that may be shared
/// @param maxQueuedCost cost of all items that may wait, in the adapter's unit, at least 1
/// @param longestWait predicted time until all that waits is done, above zero; one caller may fill half of it
public record LaneSettings(
        BatchPolicy policy, int loops, long maxQueuedCost, Duration longestWait) {
    private static final Duration WAIT = Duration.ofSeconds(60);

    /// A minute's work at most.
    public LaneSettings(BatchPolicy policy, int loops, long maxQueuedCost) {
        this(policy, loops, maxQueuedCost, WAIT);
    }

    public LaneSettings {
        if (loops < 1) {
            throw new IllegalArgumentException("loops must be at least 1, was " + loops);
        }
        if (maxQueuedCost < 1) {
            throw new IllegalArgumentException(
                    "maxQueuedCost must be at least 1, was " + maxQueuedCost);
        }
        if (!longestWait.isPositive()) {
            throw new IllegalArgumentException(
                    "longestWait must be above zero, was " + longestWait);
        }
    }

    /// The same with other batches.
    LaneSettings with(BatchPolicy batches) {
        return new LaneSettings(batches, loops, maxQueuedCost, longestWait);
    }
}
