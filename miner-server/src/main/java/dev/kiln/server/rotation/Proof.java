package dev.kiln.server.rotation;

import java.time.Duration;

/// What golden samples have shown of a name's models while they served.
///
/// @param passed how often they came out right
/// @param failed how often not
/// @param atTick when they last came out right, on the monotonic clock; of no meaning while passed is 0
/// @param took how long that was, waiting for the lane's turn included
public record Proof(long passed, long failed, long atTick, Duration took) {
    public static final Proof NONE = new Proof(0, 0, 0, Duration.ZERO);
}
