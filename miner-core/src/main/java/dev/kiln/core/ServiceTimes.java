package dev.kiln.core;

import java.util.OptionalDouble;
import java.util.concurrent.atomic.AtomicLongArray;

/// What a lane has learned of its engine: time for one unit of cost, apart for batches of different size, because a
/// small batch pays the same fixed price as a large one.
///
/// **Threads:** any.
final class ServiceTimes {
    private static final double LEARNING = 0.1;

    /// Nanoseconds for one unit of cost as double bits, by the bits of the batch's cost; 0 until one was seen.
    private final AtomicLongArray nanosPerCost = new AtomicLongArray(Long.SIZE);

    /// Learns from one batch.
    ///
    /// @param cost what its items cost alone
    void learn(long cost, long tookNanos) {
        double seen = (double) tookNanos / Math.max(1, cost);
        nanosPerCost.updateAndGet(
                size(cost),
                bits -> {
                    double known = Double.longBitsToDouble(bits);
                    return Double.doubleToLongBits(
                            known == 0 ? seen : known + LEARNING * (seen - known));
                });
    }

    /// Time for one unit of cost in a batch of this size, or of the next larger size that was seen, which is never
    /// dearer; empty when only smaller ones were: what is not known is no reason to refuse.
    OptionalDouble perCost(long batchCost) {
        for (int size = size(batchCost); size < Long.SIZE; size++) {
            double known = Double.longBitsToDouble(nanosPerCost.get(size));
            if (known > 0) {
                return OptionalDouble.of(known);
            }
        }
        return OptionalDouble.empty();
    }

    private static int size(long cost) {
        return Long.SIZE - 1 - Long.numberOfLeadingZeros(Math.max(1, cost));
    }
}
