package dev.kiln.core;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
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

    /// Whether a run that a lane would begin takes time that others want.
    boolean busy(Claim lane, long nowTick) {
        return lanes.size() > 1 && contended(lane, nowTick, lane.freeLoops() > 0 ? 1 : 0);
    }

    /// Has everybody for whom something runs pay for it from now on, if lanes are in each other's way.
    void charge(Claim lane, long nowTick) {
        if (lanes.size() > 1 && contended(lane, nowTick, 0)) {
            lanes.forEach(one -> one.charge(nowTick));
        }
    }

    /// Whether several lanes want more runs than go side by side.
    ///
    /// @param least runs that are reckoned with for this lane beside those under way
    private boolean contended(Claim lane, long nowTick, int least) {
        boolean others = false;
        int runs = 0;
        for (Claim one : lanes) {
            int about = Math.max(one.about(nowTick), one == lane ? least : 0);
            int its = one.running(nowTick) + about;
            runs += its;
            others |= one != lane && its > 0;
        }
        return others && runs > sideBySide;
    }

    /// Whether a lane in which something waits lets others run: they have had less, and need all of the device.
    boolean holds(Claim lane, long nowTick) {
        if (lanes.size() == 1) {
            return false;
        }
        double had = lane.had();
        boolean less = false;
        int runs = 0;
        for (Claim one : lanes) {
            boolean wantsFirst = one != lane && one.wants(nowTick) && one.had() < had;
            runs += one.running(nowTick) + (wantsFirst ? one.about(nowTick) : 0);
            less |= wantsFirst || (one != lane && one.servedHad(nowTick) < had);
        }
        return less && runs >= sideBySide;
    }

    /// What other lanes want while a lane foretells.
    ///
    /// @param newcomer whose call comes to the lane, if one does
    Crowd crowd(Claim lane, Optional<Account> newcomer, long nowTick) {
        if (!busy(lane, nowTick)) {
            return Crowd.NONE;
        }
        double work = 0;
        Set<Account> wanting = new HashSet<>(accounts.waiting());
        for (Claim other : lanes) {
            boolean counts = other.wants(nowTick) || other.running(nowTick) > 0;
            if (other != lane && counts) {
                work += other.untilDone(nowTick);
                other.addServed(wanting, nowTick);
            }
        }
        newcomer.ifPresent(wanting::add);
        double all = 0;
        double own = 0;
        for (Account account : wanting) {
            boolean here = newcomer.filter(account::equals).isPresent() || lane.waitsFor(account);
            all += account.weight;
            own += here ? account.weight : 0;
        }
        return new Crowd(own > 0 ? all / own : Double.POSITIVE_INFINITY, work);
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
