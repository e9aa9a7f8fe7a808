package dev.kiln.core;

/// One caller's way through a lane.
///
/// **Threads:** guarded by the device's lock.
final class Flow {
    final Account account;

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

    Flow(Account account) {
        this.account = account;
    }

    /// By the policy, among the device's callers that came lately.
    double weight() {
        return account.weight;
    }

    /// Its own part of all time while everybody wants some.
    double share() {
        return account.share;
    }
}
