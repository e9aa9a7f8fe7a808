package dev.kiln.core;

/// What a lane expects at one moment.
///
/// @param nowTick that moment
/// @param running nanoseconds until what runs is done, on one loop of all
/// @param rate nanoseconds that pass for one nanosecond of work in full batches: all loops together, at their present pace
/// @param margin by how much such expectations were wrong before
/// @param crowd what other lanes of the device want
record Outlook(long nowTick, double running, double rate, Margin margin, Crowd crowd) {
    /// Whether other lanes of the device want its time.
    boolean crowded() {
        return crowd.work() > 0;
    }

    /// When so much work is done, in nanoseconds from now.
    double after(double work) {
        return running + crowd.after(work * rate);
    }

    /// By how much what waits is done later for so much more work before it, in nanoseconds.
    ///
    /// @param waiting nanoseconds of all work that waits without it
    double delay(double waiting, double more) {
        return after(waiting + more) - after(waiting);
    }

    /// When a place is done that stands behind so much work, its own included, in nanoseconds from now.
    double done(Place place, double work) {
        return after(work) + place.extra;
    }
}
