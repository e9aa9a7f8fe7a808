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

    /// Those of two devices: the older proof and the slower one stand for both.
    Proof with(Proof other) {
        boolean older = other.passed == 0 || (passed > 0 && atTick - other.atTick < 0);
        return new Proof(
                passed + other.passed,
                failed + other.failed,
                older ? atTick : other.atTick,
                took.compareTo(other.took) > 0 ? took : other.took);
    }
}
