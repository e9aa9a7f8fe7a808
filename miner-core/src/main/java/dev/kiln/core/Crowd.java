package dev.kiln.core;

/// What other lanes of a device want while a lane foretells: how much it is slowed by them, at most.
///
/// @param slower nanoseconds that pass for one of the lane's own time while all want some: 1 over its callers' part, infinite while
///     none of them waits
/// @param work nanoseconds until the device has done all that waits elsewhere
record Crowd(double slower, double work) {
    static final Crowd NONE = new Crowd(1, 0);

    /// When so many nanoseconds of the lane's own time have passed.
    double after(double own) {
        return own > 0 ? Math.min(own * slower, own + work) : 0;
    }
}
