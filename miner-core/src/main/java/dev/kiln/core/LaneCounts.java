package dev.kiln.core;

import java.util.concurrent.atomic.LongAdder;

/// What the loops of one lane have done and are doing.
///
/// **Threads:** any.
final class LaneCounts {
    private final LongAdder batches = new LongAdder();
    private final LongAdder items = new LongAdder();
    private final LongAdder cost = new LongAdder();
    private final LongAdder paddedCost = new LongAdder();
    private final LongAdder computeNanos = new LongAdder();
    private final LongAdder faults = new LongAdder();

    private final LongAdder deadNanos = new LongAdder();
    private final LongAdder leftNanos = new LongAdder();
    private final LongAdder stopped = new LongAdder();

    /// One run begins.
    ///
    /// @param sum what its items cost alone
    /// @param padded what its batch costs with padding
    void began(int size, long sum, long padded) {
        batches.increment();
        items.add(size);
        cost.add(sum);
        paddedCost.add(padded);
    }

    void computed(long tookNanos) {
        computeNanos.add(tookNanos);
    }

    void stopped() {
        stopped.increment();
    }

    void faulted() {
        faults.increment();
    }

    /// Engine time that nobody waited for the end of.
    ///
    /// @param dead for items whose callers had left when their run began
    /// @param left for those whose callers left while it went on
    void wasted(double dead, double left) {
        deadNanos.add((long) dead);
        leftNanos.add((long) left);
    }

    /// Items begun.
    long items() {
        return items.sum();
    }

    /// What they cost alone.
    long cost() {
        return cost.sum();
    }

    LaneFacts facts(LaneQueue queue) {
        return new LaneFacts(
                queue.size(),
                queue.cost(),
                batches.sum(),
                items.sum(),
                cost.sum(),
                paddedCost.sum(),
                new LaneFacts.Engine(
                        computeNanos.sum() / 1000,
                        deadNanos.sum() / 1000,
                        leftNanos.sum() / 1000,
                        stopped.sum()),
                queue.dropped(),
                faults.sum());
    }
}
