package dev.kiln.bittensor.wire;

import dev.kiln.core.Caller;
import dev.kiln.core.Deadline;
import dev.kiln.core.Route;

/// Tells how long a call takes once its signature was checked, so that both waits count in one prediction.
///
/// **Threads:** any; never waits.
@FunctionalInterface
public interface Foretold {
    /// Knows of nothing that comes behind.
    Foretold NOTHING = (_, _, _) -> 0;

    /// How long the smallest call of this caller would take on this route if it were proved now.
    ///
    /// @param claimed who the caller says it is; nothing may be noted of it
    /// @param due when the caller wants its answer
    /// @return nanoseconds, 0 or more
    long nanos(Route route, Caller claimed, Deadline due);
}
