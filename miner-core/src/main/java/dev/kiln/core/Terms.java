package dev.kiln.core;

/// What a call asks of a lane: for whom, by when, and what becomes of it where that cannot be kept.
///
/// @param due the moment a lane promises or refuses
/// @param deadline the moment after which an answer is worth nothing; not before `due`
public record Terms(Caller caller, Deadline due, Deadline deadline, WhenLate whenLate) {
    /// What becomes of a call whose answer would come late.
    public enum WhenLate {
        /// It is refused at once.
        REFUSE,
        /// It waits behind all that was promised, and is answered if there is time for it after all.
        QUEUE,
        /// As `QUEUE`, and an answer that is late for the caller is given while the route's own deadline lasts.
        ANSWER
    }

    /// Refused at once where it would be late.
    public Terms(Caller caller, Deadline deadline) {
        this(caller, deadline, deadline, WhenLate.REFUSE);
    }

    /// The same for a part of the time.
    Terms until(Deadline sooner) {
        return new Terms(caller, sooner, sooner, whenLate);
    }
}
