package dev.kiln.core;

/// What a lane has done since its start, and what waits now. Counters only rise.
///
/// @param queuedItems items waiting now
/// @param queuedCost their cost, in the adapter's unit
/// @param batches runs begun
/// @param items items in them
/// @param cost what those items cost alone
/// @param paddedCost what their batches cost with padding
/// @param computeMicros time in the engine, all loops together
/// @param dropped items dropped before they ran: expired, abandoned or of a call that had failed
/// @param faults runs that failed
public record LaneFacts(
        int queuedItems,
        long queuedCost,
        long batches,
        long items,
        long cost,
        long paddedCost,
        long computeMicros,
        long dropped,
        long faults) {
    public static final LaneFacts NONE = new LaneFacts(0, 0, 0, 0, 0, 0, 0, 0, 0);

    /// Both together.
    public LaneFacts plus(LaneFacts other) {
        return new LaneFacts(
                queuedItems + other.queuedItems,
                queuedCost + other.queuedCost,
                batches + other.batches,
                items + other.items,
                cost + other.cost,
                paddedCost + other.paddedCost,
                computeMicros + other.computeMicros,
                dropped + other.dropped,
                faults + other.faults);
    }
}
