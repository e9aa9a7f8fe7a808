package dev.kiln.core;

import dev.kiln.core.LaneQueue.Batch;
import java.util.Set;
import java.util.concurrent.locks.Condition;

/// What one lane has of its device and wants of it, as the device asks.
///
/// **Threads:** guarded by the device's lock.
final class Claim {
    private final Row row;
    private final Forecast forecast;
    private final Accounts accounts;
    private final Condition changed;

    /// Loops that wait to begin a run, or will at once.
    private int taking;

    /// @param changed wakes loops that wait to begin
    Claim(Row row, Forecast forecast, Accounts accounts, Condition changed) {
        this.row = row;
        this.forecast = forecast;
        this.accounts = accounts;
        this.changed = changed;
    }

    /// So many loops more, or less, wait to begin a run.
    void taking(int more) {
        taking += more;
    }

    /// Whether something waits that will be run: not while all loops hang, or do something else.
    boolean wants(long nowTick) {
        return !row.isEmpty() && (taking > 0 || forecast.runs().count(nowTick) > 0);
    }

    int freeLoops() {
        return forecast.runs().freeLoops();
    }

    /// Runs under way, but for those that take longer than reason.
    int running(long nowTick) {
        return forecast.runs().count(nowTick);
    }

    /// Runs that could begin now.
    int about(long nowTick) {
        return wants(nowTick) ? Math.min(freeLoops(), row.items()) : 0;
    }

    /// Nanoseconds until all that waits is done, if nobody else wanted the device.
    double untilDone(long nowTick) {
        return forecast.at(nowTick, Crowd.NONE).after(row.work());
    }

    /// What those that wait here have had, over weight, all together; infinite where nobody does.
    double had() {
        return row.flows().had();
    }

    /// The same of those for whom something runs here, of the run where it is least.
    double servedHad(long nowTick) {
        return forecast.runs().had(nowTick);
    }

    /// Adds those for whom something runs here.
    void addServed(Set<Account> accounts, long nowTick) {
        forecast.runs().addCallers(accounts, nowTick);
    }

    boolean waitsFor(Account account) {
        return row.flows().waits(account);
    }

    /// Has those for whom something runs pay for the rest of it who do not yet.
    void charge(long nowTick) {
        forecast.runs().charge(nowTick, this::gave);
    }

    /// A batch's callers were given so much more of the device.
    ///
    /// @param nanos less than 0 where it was less than they paid for
    void gave(Batch batch, double nanos) {
        accounts.had(row.flows().parts(batch.jobs(), nanos));
    }

    /// Callers weigh something else now.
    void weighed() {
        row.weighed();
    }

    /// Whoever waits to begin looks whether it may.
    void lookAgain() {
        if (!row.isEmpty()) {
            changed.signalAll();
        }
    }
}
