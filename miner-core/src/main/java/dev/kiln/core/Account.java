package dev.kiln.core;

/// One caller on one device, whatever lanes it asks.
///
/// **Threads:** guarded by the device's lock.
final class Account {
    /// As it came last; stake may change.
    Caller caller;

    /// When it came last.
    long seenTick;

    /// By the policy, among those that came lately.
    double weight = 1;

    /// Its own part of all time while everybody wants some.
    double share = 1;

    /// Its calls that wait, in all lanes.
    int places;

    /// Nanoseconds over weight that it was given while lanes stood in each other's way.
    double had;

    Account(Caller caller, long nowTick) {
        this.caller = caller;
        this.seenTick = nowTick;
    }
}
