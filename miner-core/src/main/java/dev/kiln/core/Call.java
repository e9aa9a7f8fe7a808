package dev.kiln.core;

import java.time.Duration;
import java.util.Optional;

/// One authenticated request.
///
/// @param id unique in this process, for logs
/// @param body the raw body bytes; not copied, not to be changed
/// @param deadline until when the caller waits, as far as the head tells; the route's own at most
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
    ///
    /// @param fromBody how long its body says that the caller waits
    Terms terms(Optional<Duration> fromBody) {
        Deadline due = deadline;
        if (route.patience().inBody() && fromBody.isPresent()) {
            Deadline said = Deadline.after(arrivedTick, fromBody.get());
            due = said.left(deadline.tick()) < 0 ? said : deadline;
        }
        Terms.WhenLate whenLate = route.patience().whenLate();
        Deadline last =
                whenLate == Terms.WhenLate.ANSWER
                        ? Deadline.after(arrivedTick, route.deadline())
                        : due;
        return new Terms(caller, due, last, whenLate);
    }
}
