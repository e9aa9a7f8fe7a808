package dev.kiln.core;

/// One authenticated request.
///
/// @param id unique in this process, for logs
/// @param body the raw body bytes; not copied, not to be changed
/// @param arrivedTick monotonic arrival, nanoseconds
/// @param seal signs what is answered to this very request
@SuppressWarnings("ArrayRecordComponent") // a carrier, never compared
public record Call(
        long id,
        Caller caller,
        Route route,
        byte[] body,
        Deadline deadline,
        long arrivedTick,
        Seal seal) {
    /// What it asks of a lane.
    Terms terms() {
        return new Terms(caller, deadline);
    }
}
