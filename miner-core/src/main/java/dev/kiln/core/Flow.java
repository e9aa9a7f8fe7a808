package dev.kiln.core;

/// One caller's way through a lane.
///
/// **Threads:** guarded by the queue's lock.
final class Flow {
    /// As it came last; stake may change.
    Caller caller;

    /// When it came last.
    long seenTick;

    /// By the policy, among those that came lately.
    double weight = 1;

    /// Its own part of all time while everybody wants some.
    double share = 1;

    /// Virtual time by which its share has paid for all that it brought.
    double finish;

    /// The same for what was promised nothing.
    double finishUnpromised;

    /// Nanoseconds of its work that wait.
    double work;

    /// Its calls that wait.
    int places;

    /// The latest moment that any of them is due; says nothing while none waits.
    long latestDue;

    Flow(Caller caller, long nowTick) {
        this.caller = caller;
        this.seenTick = nowTick;
    }
}
