package dev.kiln.core;

import java.time.Duration;
import java.util.Arrays;

/// When a lane stops collecting and runs what it has. The first bound reached closes the batch.
///
/// @param maxItems items in one batch, at least 1
/// @param maxCost padded cost of one batch (its size times its largest item), in the adapter's own unit (tokens for
///     text), at least 1; an item that alone is larger runs alone
/// @param maxPadding share of the padded cost that may be padding, from 0 (equal lengths only) to 1 (any company);
///     small where the engine pays for padding (CPU), large where it hardly does (GPU)
/// @param maxLinger longest wait for company, from the moment a loop is free; zero means "never wait"
public record BatchPolicy(int maxItems, long maxCost, double maxPadding, Duration maxLinger) {
    /// How many of the oldest waiting items are looked at when company is chosen.
    static final int WINDOW = 1 << 9;

    private static final int INDEX_BITS = Integer.numberOfTrailingZeros(WINDOW);

    /// Costs that differ by more are all alike far.
    private static final int FARTHEST = Integer.MAX_VALUE >> INDEX_BITS;

    public BatchPolicy {
        if (maxItems < 1) {
            throw new IllegalArgumentException("maxItems must be at least 1, was " + maxItems);
        }
        if (maxCost < 1) {
            throw new IllegalArgumentException("maxCost must be at least 1, was " + maxCost);
        }
        if (!(maxPadding >= 0 && maxPadding <= 1)) {
            throw new IllegalArgumentException("maxPadding must be from 0 to 1, was " + maxPadding);
        }
        if (maxLinger.isNegative()) {
            throw new IllegalArgumentException("maxLinger must not be negative, was " + maxLinger);
        }
    }

    /// The same with batches that cost no more than this, at least 1.
    BatchPolicy atMost(long cost) {
        long lower = Math.clamp(cost, 1, maxCost);
        return lower == maxCost ? this : new BatchPolicy(maxItems, lower, maxPadding, maxLinger);
    }

    /// How many items of one cost fill a batch.
    int fill(int cost) {
        return Math.clamp(maxCost / Math.max(1, cost), 1, maxItems);
    }

    /// Which waiting items run together. The oldest always leads, so nobody starves; company is chosen by nearness
    /// of cost to the leader, older first, because a batch pays for its largest item once for every item.
    ///
    /// @param costs what each waiting item costs alone, oldest first, at least one
    /// @return indexes into `costs`, ascending, beginning with 0
    public int[] choose(int... costs) {
        return choose(costs, Math.min(costs.length, WINDOW), 0);
    }

    /// The same with another leader than the oldest.
    ///
    /// @param seen how many of the first are looked at
    /// @param leader the index of the one that runs in any case
    /// @return indexes, ascending
    int[] choose(int[] costs, int seen, int leader) {
        int[] byNearness = byNearness(costs, seen, leader);
        int[] chosen = new int[Math.min(seen, maxItems)];
        int size = 0;
        long largest = 0;
        long sum = 0;
        for (int next = 0; next < byNearness.length && size < chosen.length; next++) {
            int index = byNearness[next] & (WINDOW - 1);
            long wouldBeLargest = Math.max(largest, costs[index]);
            long wouldBeSum = sum + costs[index];
            if (size > 0 && !fits(size + 1, wouldBeLargest, wouldBeSum)) {
                continue;
            }
            chosen[size++] = index;
            largest = wouldBeLargest;
            sum = wouldBeSum;
        }
        int[] batch = Arrays.copyOf(chosen, size);
        Arrays.sort(batch);
        return batch;
    }

    /// The leader, then the others by nearness of cost to it, older first; the index is in the lowest bits.
    private static int[] byNearness(int[] costs, int seen, int leader) {
        int[] byNearness = new int[seen];
        for (int i = 0; i < seen; i++) {
            int far = Math.min(FARTHEST - 1, Math.abs(costs[i] - costs[leader]));
            byNearness[i] = (i == leader ? 0 : far + 1) << INDEX_BITS | i;
        }
        Arrays.sort(byNearness);
        return byNearness;
    }

    /// Whether no further item of the leader's own cost would fit.
    boolean full(int size, long largest) {
        return size >= maxItems || (size + 1) * largest > maxCost;
    }

    private boolean fits(int size, long largest, long sum) {
        long padded = size * largest;
        return padded <= maxCost && padded - sum <= maxPadding * padded;
    }
}
