package dev.kiln.core;

import dev.kiln.core.model.Prepared;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// What waits for a lane, oldest first, bounded by cost.
///
/// **Threads:** any. One lock, held for no longer than one pass over the queue; nothing else is locked under it but
/// a ticket.
final class LaneQueue {
    /// One item of one ticket.
    record Job(Ticket ticket, int index, Prepared item, long submittedTick) {}

    /// Jobs that run together, and when their loop took them.
    ///
    /// @param last whether nothing comes after it: the queue is closed and empty
    record Batch(List<Job> jobs, long takenTick, boolean last) {}

    private final long maxCost;
    private final Time time;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    // Guarded by lock.
    private BatchPolicy policy;
    private final Deque<FutureTask<?>> errands = new ArrayDeque<>();
    private Refused refusal = new Refused(Refusal.SERVER_DRAINING, "the server is shutting down");
    private List<Job> waiting = new ArrayList<>();
    private long waitingCost;
    private long dropped;
    private boolean closed;

    LaneQueue(BatchPolicy policy, long maxCost, Time time) {
        this.policy = policy;
        this.maxCost = maxCost;
        this.time = time;
    }

    /// Takes a ticket's items in, all or none.
    void offer(List<Job> jobs, long cost) throws Refused {
        lock.lock();
        try {
            if (closed) {
                throw refusal;
            }
            if (waitingCost > 0 && waitingCost + cost > maxCost) {
                throw new Refused(
                        Refusal.LIMIT_QUEUE_FULL,
                        "%d tokens wait already, %d more would exceed %d"
                                .formatted(waitingCost, cost, maxCost));
            }
            waiting.addAll(jobs);
            waitingCost += cost;
            changed.signal();
        } finally {
            lock.unlock();
        }
    }

    /// Waits for work and takes one batch.
    ///
    /// @return no jobs once the queue is closed and empty, or where an errand is to be run first
    Batch take() throws InterruptedException {
        lock.lock();
        try {
            while (true) {
                while (waiting.isEmpty() && errands.isEmpty() && !closed) {
                    changed.await();
                }
                long takenTick = time.tick();
                if (!errands.isEmpty()) {
                    return new Batch(List.of(), takenTick, false);
                }
                lingerForCompany(takenTick);
                dropTheDead();
                if (!waiting.isEmpty()) {
                    return new Batch(removeChosen(), takenTick, false);
                }
                if (closed) {
                    return new Batch(List.of(), takenTick, true);
                }
            }
        } finally {
            lock.unlock();
        }
    }

    /// Drops what still waits of a ticket.
    ///
    /// @return whether anything of it waited
    boolean forget(Ticket ticket) {
        lock.lock();
        try {
            int before = waiting.size();
            keep(job -> job.ticket() != ticket);
            return waiting.size() < before;
        } finally {
            lock.unlock();
        }
    }

    /// From now on nothing is taken in; what waits is still handed out.
    void close() {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /// Answers what waits with a refusal, and refuses what comes.
    ///
    /// @param why carries when to come again
    void abandon(Refused why) {
        lock.lock();
        try {
            closed = true;
            refusal = why;
            waiting.forEach(job -> job.ticket().fail(why));
            keep(_ -> false);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /// Batches cost no more than this from now on.
    void cap(long maxCost) {
        lock.lock();
        try {
            policy = policy.atMost(maxCost);
        } finally {
            lock.unlock();
        }
    }

    BatchPolicy policy() {
        lock.lock();
        try {
            return policy;
        } finally {
            lock.unlock();
        }
    }

    /// Has something run by the next loop that is free, before what waits. Cancelled where none is left.
    void send(FutureTask<?> errand) {
        lock.lock();
        try {
            if (closed) {
                errand.cancel(false);
                return;
            }
            errands.add(errand);
            changed.signal();
        } finally {
            lock.unlock();
        }
    }

    /// The next errand, if there is one.
    @Nullable FutureTask<?> errand() {
        lock.lock();
        try {
            return errands.poll();
        } finally {
            lock.unlock();
        }
    }

    int size() {
        lock.lock();
        try {
            return waiting.size();
        } finally {
            lock.unlock();
        }
    }

    long cost() {
        lock.lock();
        try {
            return waitingCost;
        } finally {
            lock.unlock();
        }
    }

    long dropped() {
        lock.lock();
        try {
            return dropped;
        } finally {
            lock.unlock();
        }
    }

    private void lingerForCompany(long takenTick) throws InterruptedException {
        long left = policy.maxLinger().toNanos();
        while (left > 0 && !closed && !waiting.isEmpty() && !companyComplete()) {
            changed.awaitNanos(left);
            left = policy.maxLinger().toNanos() - (time.tick() - takenTick);
        }
    }

    private boolean companyComplete() {
        int[] chosen = policy.choose(costs());
        long largest = 0;
        for (int index : chosen) {
            largest = Math.max(largest, waiting.get(index).item().cost());
        }
        return policy.full(chosen.length, largest);
    }

    private void dropTheDead() {
        long now = time.tick();
        for (Job job : waiting) {
            if (job.ticket().deadline().passed(now)) {
                job.ticket()
                        .fail(
                                new Refused(
                                        Refusal.RUN_EXPIRED_IN_QUEUE,
                                        "the deadline passed before the engine was free"));
            }
        }
        keep(job -> !job.ticket().over());
    }

    private List<Job> removeChosen() {
        int[] chosen = policy.choose(costs());
        List<Job> batch = new ArrayList<>(chosen.length);
        List<Job> rest = new ArrayList<>(Math.max(0, waiting.size() - chosen.length));
        int next = 0;
        for (int i = 0; i < waiting.size(); i++) {
            Job job = waiting.get(i);
            if (next < chosen.length && chosen[next] == i) {
                batch.add(job);
                waitingCost -= job.item().cost();
                next++;
            } else {
                rest.add(job);
            }
        }
        waiting = rest;
        if (!waiting.isEmpty()) {
            changed.signal();
        }
        return batch;
    }

    private int[] costs() {
        int[] costs = new int[Math.min(waiting.size(), BatchPolicy.WINDOW)];
        for (int i = 0; i < costs.length; i++) {
            costs[i] = waiting.get(i).item().cost();
        }
        return costs;
    }

    private void keep(java.util.function.Predicate<Job> kept) {
        List<Job> rest = new ArrayList<>(waiting.size());
        for (Job job : waiting) {
            if (kept.test(job)) {
                rest.add(job);
            } else {
                waitingCost -= job.item().cost();
                dropped++;
            }
        }
        waiting = rest;
    }
}
