package dev.kiln.bittensor.wire;

/// What the replay guard knows of one caller.
///
/// **Threads:** none; the guard locks.
final class ReplayLedger {
    /// Nonces used and still remembered.
    final NonceSet used = new NonceSet();

    /// Nothing at or under this is accepted: the last stop may have seen it.
    final long fence;

    /// Nothing at or under this is accepted: it was forgotten.
    long floor;

    /// The highest nonce used, in this run or before the last stop.
    long highest;

    ReplayLedger(long floor, long fence) {
        this.floor = floor;
        this.fence = fence;
        this.highest = fence;
    }

    int forgetBelow(long oldest) {
        return forgetLowest(used.countBelow(oldest));
    }

    int forgetLowest(int count) {
        if (count > 0) {
            floor = Math.max(floor, used.dropLowest(count));
        }
        return count;
    }
}
