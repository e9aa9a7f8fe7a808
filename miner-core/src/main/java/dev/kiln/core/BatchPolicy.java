package dev.kiln.core;

import java.time.Duration;

/// When a lane stops collecting and runs what it has. The first bound reached closes the batch.
///
/// @param maxItems items in one batch, at least 1
/// @param maxCost padded cost of one batch (its size times its largest item), in the adapter's own unit (tokens for
///     text), at least 1; an item that alone is larger runs alone
/// @param maxLinger longest wait for company, from the moment the first item is taken; zero means "never wait"
public record BatchPolicy(int maxItems, long maxCost, Duration maxLinger) {
    public BatchPolicy {
        if (maxItems < 1) {
            throw new IllegalArgumentException("maxItems must be at least 1, was " + maxItems);
        }
        if (maxCost < 1) {
            throw new IllegalArgumentException("maxCost must be at least 1, was " + maxCost);
        }
        if (maxLinger.isNegative()) {
            throw new IllegalArgumentException("maxLinger must not be negative, was " + maxLinger);
        }
    }
}
