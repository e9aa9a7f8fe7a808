package dev.kiln.core;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// Bounds how many calls are inside at once: in all, and for each caller.
///
/// A permit is taken before any work is done for a call. Callers are verified first, and a caller with nothing inside
/// leaves no trace, so the map never outgrows the bound.
///
/// **Threads:** every method from any thread; only [#awaitEmpty] blocks.
public final class Admission {
    private final int limit;
    private final int limitPerCaller;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition emptied = lock.newCondition();

    // Guarded by lock.
    private final Map<String, Set<Permit>> insideByCaller = new HashMap<>();
    private int inside;
    private boolean draining;

    /// @param limit calls inside at once, at least 1
    /// @param limitPerCaller calls inside at once for one caller, from 1 to `limit`
    public Admission(int limit, int limitPerCaller) {
        if (limitPerCaller < 1 || limitPerCaller > limit) {
            throw new IllegalArgumentException(
                    "limitPerCaller must be between 1 and limit (%d), was %d"
                            .formatted(limit, limitPerCaller));
        }
        this.limit = limit;
        this.limitPerCaller = limitPerCaller;
    }

    /// Room for one call; closing it twice gives it back once.
    public final class Permit implements AutoCloseable {
        private final String caller;
        private final Thread thread = Thread.currentThread();
        private boolean held = true;
        private volatile boolean cancelled;

        private Permit(String caller) {
            this.caller = caller;
        }

        /// Whether the call was to be given up, for another reason than that its client left.
        public boolean cancelled() {
            return cancelled;
        }

        @Override
        public void close() {
            lock.lock();
            try {
                if (held) {
                    held = false;
                    leave(this);
                }
            } finally {
                lock.unlock();
            }
        }
    }

    /// Lets a call in.
    ///
    /// @throws Refused with [Refusal#LIMIT_QUEUE_FULL] if either limit is reached, with [Refusal#SERVER_DRAINING]
    ///     once draining has begun
    public Permit enter(Caller caller) throws Refused {
        lock.lock();
        try {
            if (draining) {
                throw new Refused(Refusal.SERVER_DRAINING, "the server is shutting down");
            }
            Set<Permit> others = insideByCaller.getOrDefault(caller.name(), Set.of());
            int own = others.size();
            if (own >= limitPerCaller) {
                throw full("%d calls from %s are already inside".formatted(own, caller.name()));
            }
            if (inside >= limit) {
                throw full("%d calls are already inside".formatted(inside));
            }
            Permit permit = new Permit(caller.name());
            insideByCaller.computeIfAbsent(caller.name(), _ -> new HashSet<>()).add(permit);
            inside++;
            return permit;
        } finally {
            lock.unlock();
        }
    }

    /// Has every call of a caller given up that is inside now; its threads are interrupted.
    ///
    /// @param caller its name, see [Caller#name]
    /// @return how many there were
    public int cancel(String caller) {
        lock.lock();
        try {
            Set<Permit> theirs = insideByCaller.getOrDefault(caller, Set.of());
            for (Permit permit : theirs) {
                permit.cancelled = true;
                permit.thread.interrupt();
            }
            return theirs.size();
        } finally {
            lock.unlock();
        }
    }

    /// Refuses every call from now on; those inside go on.
    public void drain() {
        lock.lock();
        try {
            draining = true;
        } finally {
            lock.unlock();
        }
    }

    /// Calls inside now.
    public int inside() {
        lock.lock();
        try {
            return inside;
        } finally {
            lock.unlock();
        }
    }

    /// Waits until nobody is inside.
    ///
    /// @return false if somebody still was when the time was up
    public boolean awaitEmpty(Duration atMost) throws InterruptedException {
        long left = atMost.toNanos();
        lock.lock();
        try {
            while (inside > 0 && left > 0) {
                left = emptied.awaitNanos(left);
            }
            return inside == 0;
        } finally {
            lock.unlock();
        }
    }

    private static Refused full(String message) {
        return Refused.until(Refusal.LIMIT_QUEUE_FULL, message, Duration.ofSeconds(1));
    }

    private void leave(Permit permit) {
        Set<Permit> theirs = insideByCaller.getOrDefault(permit.caller, Set.of());
        theirs.remove(permit);
        if (theirs.isEmpty()) {
            insideByCaller.remove(permit.caller);
        }
        inside--;
        if (inside == 0) {
            emptied.signalAll();
        }
    }
}
