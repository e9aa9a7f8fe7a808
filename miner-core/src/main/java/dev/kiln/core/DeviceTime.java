package dev.kiln.core;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/// A device's time, which its lanes share: callers are served by weight whatever models they ask.
///
/// A lane knows its own callers' order, and while it has the device to itself nothing here concerns it. Where several
/// want more runs than the device computes side by side, a lane begins one only while those who wait or are served at
/// another have had no less, by weight and all together, than those who wait here. Who asks several lanes stands in each as
/// far behind as what the others gave him has put him ahead.
///
/// What runs is never interrupted, and the lane that has had least begins at once, beside it: a short run waits for no long one.
///
/// **Threads:** guarded by [#lock], which the queues of its lanes on the device share.
public final class DeviceTime {
    private final ReentrantLock lock = new ReentrantLock();
    private final Usage usage;
    private final int sideBySide;
    private final Accounts accounts;
    private final List<Claim> lanes = new ArrayList<>();

    /// @param sideBySide runs that do not slow each other down, at least 1
    public DeviceTime(Sharing sharing, int sideBySide) {
        if (sideBySide < 1) {
            throw new IllegalArgumentException("sideBySide must be at least 1, was " + sideBySide);
        }
        this.usage = sharing.usage();
        this.sideBySide = sideBySide;
        this.accounts = new Accounts(sharing, () -> lanes.forEach(Claim::weighed));
    }

    ReentrantLock lock() {
        return lock;
    }

    Usage usage() {
        return usage;
    }

    Accounts accounts() {
        return accounts;
    }

    /// Takes a lane in until it leaves.
    void join(Claim lane) {
        lock.lock();
        try {
            lanes.add(lane);
        } finally {
            lock.unlock();
        }
    }

    void leave(Claim lane) {
        lock.lock();
        try {
            lanes.remove(lane);
            lanes.forEach(Claim::lookAgain);
        } finally {
            lock.unlock();
        }
    }

    /// Whether any lane has the company of another.
    boolean shared() {
        lock.lock();
        try {
            return lanes.size() > 1;
        } finally {
            lock.unlock();
        }
    }

    /// Whether several lanes want more runs than go side by side, one of this lane at least.
    private boolean contended(Claim lane, long nowTick) {
        boolean others = false;
        int runs = 0;
        for (Claim one : lanes) {
            int about = Math.max(one.about(nowTick), one == lane ? 1 : 0);
            int its = one.running(nowTick) + about;
            runs += its;
            others |= one != lane && its > 0;
        }
        return others && runs > sideBySide;
    }

    /// Whether a lane lets others run: who waits or is served there has had less than who waits here.
    boolean holds(Claim lane, long nowTick) {
        return busy(lane, nowTick) && lane.had() > hadElsewhere(lane, nowTick);
    }

    /// Has everybody for whom something runs pay for it from now on, if a lane's run or call takes others' time.
    void charge(Claim lane, long nowTick) {
        if (busy(lane, nowTick)) {
            lanes.forEach(one -> one.charge(nowTick));
        }
    }

    private double hadElsewhere(Claim lane, long nowTick) {
        double least = Double.POSITIVE_INFINITY;
        for (Claim other : lanes) {
            if (other != lane) {
                least = Math.min(least, other.servedHad(nowTick));
                least = Math.min(least, other.wants(nowTick) ? other.had() : least);
            }
        }
        return least;
    }

    /// What other lanes want while a lane foretells.
    ///
    /// @param newcomer whose call comes to the lane, if one does
    Crowd crowd(Claim lane, Optional<Account> newcomer, long nowTick) {
        if (!busy(lane, nowTick)) {
            return Crowd.NONE;
        }
        double work = 0;
        for (Claim other : lanes) {
            work += other != lane && other.wants(nowTick) ? other.untilDone(nowTick) : 0;
        }
        double all = 0;
        double own = 0;
        for (Account account : accounts.waiting()) {
            all += account.weight;
            own += lane.waitsFor(account) ? account.weight : 0;
        }
        if (newcomer.isPresent() && !lane.waitsFor(newcomer.get())) {
            all += newcomer.get().places == 0 ? newcomer.get().weight : 0;
            own += newcomer.get().weight;
        }
        return new Crowd(own > 0 ? all / own : Double.POSITIVE_INFINITY, work);
    }

    /// Whether a lane's next run takes time that others want.
    boolean busy(Claim lane, long nowTick) {
        return lanes.size() > 1 && contended(lane, nowTick);
    }

    /// What a lane wants or runs has become less: another that holds may begin.
    void moved(Claim lane) {
        for (Claim other : lanes) {
            if (other != lane) {
                other.lookAgain();
            }
        }
    }
}
