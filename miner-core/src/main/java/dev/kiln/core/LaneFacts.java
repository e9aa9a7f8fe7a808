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
        long faults) {}
