package dev.kiln.core;

/// What a lane has done since its start, and what waits now. Counters only rise.
///
/// @param queuedItems items waiting now
/// @param queuedCost their cost, in the adapter's unit
/// @param batches runs begun
/// @param items items in them
/// @param cost what those items cost alone
/// @param paddedCost what their batches cost with padding
/// @param engine time in the engine
/// @param dropped items dropped before they ran: expired, abandoned or of a call that had failed
/// @param faults runs that failed
public record LaneFacts(
        int queuedItems,
        long queuedCost,
        long batches,
        long items,
        long cost,
        long paddedCost,
        Engine engine,
        long dropped,
        long faults) {
    public static final LaneFacts NONE =
            new LaneFacts(0, 0, 0, 0, 0, 0, new Engine(0, 0, 0, 0), 0, 0);

    /// Time in the engine, all loops together.
    ///
    /// @param micros all of it
    /// @param deadMicros what of it was spent on items that nobody waited for when their run began
    /// @param leftMicros the same of items whose callers left while they ran
    /// @param stopped runs that ended early because nobody waited for them any more
    public record Engine(long micros, long deadMicros, long leftMicros, long stopped) {
        Engine plus(Engine other) {
            return new Engine(
                    micros + other.micros,
                    deadMicros + other.deadMicros,
                    leftMicros + other.leftMicros,
                    stopped + other.stopped);
        }
    }

    /// Both together.
    public LaneFacts plus(LaneFacts other) {
        return new LaneFacts(
                queuedItems + other.queuedItems,
                queuedCost + other.queuedCost,
                batches + other.batches,
                items + other.items,
                cost + other.cost,
                paddedCost + other.paddedCost,
                engine.plus(other.engine),
                dropped + other.dropped,
                faults + other.faults);
    }
}
