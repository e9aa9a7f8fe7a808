package dev.kiln.core;

import dev.kiln.core.Place.Job;
import dev.kiln.core.model.Prepared;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.FutureTask;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// What waits for a lane, in the order of its [Row], bounded by cost and by predicted work.
///
/// **Threads:** any. One lock, held for no longer than a few passes over the row; nothing else is locked under it but
/// a ticket and the service curve.
final class LaneQueue {
    /// Jobs that run together, and when their loop took them.
    ///
    /// @param moreWaits whether something else waited when it was taken
    /// @param last whether nothing comes after it: the queue is closed and empty
    record Batch(List<Job> jobs, long takenTick, boolean moreWaits, boolean last) {
        private static Batch none(long takenTick, boolean last) {
            return new Batch(List.of(), takenTick, false, last);
        }
    }

    private final long maxCost;
    private final ServiceCurve curve;
    private final Time time;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    // Guarded by lock.
    private BatchPolicy policy;
    private final Deque<FutureTask<?>> errands = new ArrayDeque<>();
    private Refused refusal = new Refused(Refusal.SERVER_DRAINING, "the server is shutting down");
    private final Row row;
    private final Forecast forecast;
    private final Promises promises;
    private final Brevity brevity = new Brevity();
    private int waitingItems;
    private long waitingCost;
    private long dropped;
    private boolean closed;

    LaneQueue(LaneSettings settings, ServiceCurve curve, Time time) {
        this.policy = settings.policy();
        this.maxCost = settings.maxQueuedCost();
        this.curve = curve;
        this.time = time;
        this.row = new Row(settings.sharing());
        this.forecast = new Forecast(curve, settings.loops(), settings.longestWait());
        this.promises = new Promises(row, forecast);
    }

    /// Takes a call's items in, all or none.
    ///
    /// @throws Refused as [Lane#submit] does
    void offer(Ticket ticket, Terms terms, List<Prepared> items) throws Refused {
        lock.lock();
        try {
            if (closed) {
                throw refusal;
            }
            long cost = 0;
            for (Prepared item : items) {
                cost += item.cost();
            }
            Place place = place(ticket, terms);
            forecast.weigh(place, items, waitingItems, policy);
            Outlook outlook = forecast.at(place.offeredTick);
            if (waitingCost > 0 && waitingCost + cost > maxCost) {
                throw promises.crowded(
                        place,
                        waitingCost + cost - maxCost,
                        "%d tokens wait already, %d more would exceed %d"
                                .formatted(waitingCost, cost, maxCost),
                        outlook);
            }
            boolean asksLittle = place.flow.places == 0 && !row.isEmpty();
            promises.admit(place, outlook);
            if (asksLittle) {
                brevity.came(forecast.alone(items), place.offeredTick);
            }
            ticket.place = place;
            waitingItems += items.size();
            waitingCost += cost;
            changed.signal();
        } finally {
            lock.unlock();
        }
    }

    /// Refuses a call that could not be promised its answer whatever its inputs are, before they are made ready.
    void refuseHopeless(Ticket ticket, Terms terms) throws Refused {
        if (terms.whenLate() != Terms.WhenLate.REFUSE) {
            return;
        }
        lock.lock();
        try {
            long now = time.tick();
            double longest = forecast.at(now).after(row.work()) * Margin.MOST;
            if (!closed && longest > Forecast.LENT * terms.due().left(now)) {
                Place probe = place(ticket, terms);
                promises.refuseHopeless(probe, forecast.at(probe.offeredTick));
            }
        } finally {
            lock.unlock();
        }
    }

    private Place place(Ticket ticket, Terms terms) {
        long now = time.tick();
        var place = new Place(ticket, terms, row.flows().flow(terms.caller(), now), now);
        place.lead = forecast.full(policy);
        return place;
    }

    /// Nanoseconds until so many more items of one cost would be done behind all that waits.
    double foretell(int items, int cost) {
        return locked(() -> {
            var waiting = new Forecast.Waiting(waitingItems, row.work());
            return forecast.done(items, cost, waiting, policy, time.tick());
        });
    }

    /// Nanoseconds until the smallest call would be done that came on these terms now; nothing is noted of it.
    double foretell(Ticket ticket, Terms terms) {
        return locked(() -> {
            long now = time.tick();
            Place probe = new Place(ticket, terms, row.flows().look(terms.caller(), now), now);
            return promises.foretell(probe, forecast.at(now));
        });
    }

    /// Waits for work and takes one batch.
    ///
    /// @return no jobs once the queue is closed and empty, or where an errand is to be run first
    Batch take() throws InterruptedException {
        lock.lock();
        try {
            while (true) {
                while (row.isEmpty() && errands.isEmpty() && !closed) {
                    changed.await();
                }
                long takenTick = time.tick();
                if (!errands.isEmpty()) {
                    return Batch.none(takenTick, false);
                }
                lingerForCompany(takenTick);
                Optional<Batch> batch = handOut(takenTick);
                if (batch.isPresent()) {
                    return batch.get();
                }
                if (closed) {
                    return Batch.none(takenTick, true);
                }
            }
        } finally {
            lock.unlock();
        }
    }

    /// Takes one batch if there is work now.
    Optional<Batch> poll() {
        return locked(() -> handOut(time.tick()));
    }

    private Optional<Batch> handOut(long takenTick) {
        dropTheExpired(takenTick);
        while (!row.isEmpty()) {
            Picker picker = picker(takenTick);
            List<Job> jobs = picker.pick();
            if (!dropTheOver(jobs)) {
                picker.notePassing();
                return Optional.of(handOut(jobs, takenTick));
            }
        }
        return Optional.empty();
    }

    private Picker picker(long nowTick) {
        return new Picker(row, policy, curve, forecast.at(nowTick), brevity.longest(nowTick));
    }

    private Batch handOut(List<Job> jobs, long takenTick) {
        row.take(jobs);
        for (Job job : jobs) {
            waitingItems--;
            waitingCost -= job.item().cost();
        }
        if (!row.isEmpty()) {
            changed.signal();
        }
        Batch batch = new Batch(jobs, takenTick, !row.isEmpty(), false);
        forecast.began(batch);
        return batch;
    }

    /// A batch has been run: what was foretold of it is compared, and its time put to its callers' accounts.
    ///
    /// @param well whether it came out without a fault
    void ran(Batch batch, long tookNanos, boolean well) {
        lock.lock();
        try {
            forecast.ended(batch, tookNanos, well);
            long now = time.tick();
            for (Job job : batch.jobs()) {
                Place place = job.place();
                place.left--;
                if (place.left == 0 && place.ticket.answered()) {
                    forecast.learn(place, (double) (now - place.offeredTick));
                }
            }
            row.flows().account(batch.jobs(), tookNanos, forecast.pace());
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
            Place place = ticket.place;
            if (place == null || place.stretch == null) {
                return false;
            }
            drop(place);
            return true;
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
            for (Place place : row.places()) {
                place.ticket.fail(why);
                drop(place);
            }
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
        return locked(() -> policy);
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
        return locked(() -> waitingItems);
    }

    long cost() {
        return locked(() -> waitingCost);
    }

    long dropped() {
        return locked(() -> dropped);
    }

    boolean closed() {
        return locked(() -> closed);
    }

    /// Whether anything waits or runs.
    boolean busy() {
        return locked(() -> !promises.idle());
    }

    private <T> T locked(Supplier<T> look) {
        lock.lock();
        try {
            return look.get();
        } finally {
            lock.unlock();
        }
    }

    private void lingerForCompany(long takenTick) throws InterruptedException {
        long left = policy.maxLinger().toNanos();
        while (left > 0 && !closed && !row.isEmpty() && !companyComplete()) {
            changed.awaitNanos(left);
            left = policy.maxLinger().toNanos() - (time.tick() - takenTick);
        }
    }

    private boolean companyComplete() {
        List<Job> jobs = picker(time.tick()).pick();
        long largest = 0;
        for (Job job : jobs) {
            largest = Math.max(largest, job.item().cost());
        }
        return policy.full(jobs.size(), largest);
    }

    private void dropTheExpired(long now) {
        for (Place place : row.expired(now)) {
            if (!place.ticket.over()) {
                place.ticket.fail(
                        new Refused(
                                Refusal.RUN_EXPIRED_IN_QUEUE,
                                "the deadline passed before the engine was free"));
                forecast.learn(place, Double.POSITIVE_INFINITY);
            }
            drop(place);
        }
    }

    /// Drops the calls among these that nobody waits for any more.
    ///
    /// @return whether there were any
    private boolean dropTheOver(List<Job> jobs) {
        boolean any = false;
        for (Job job : jobs) {
            if (job.ticket().over()) {
                any = true;
                if (job.place().stretch != null) {
                    drop(job.place());
                }
            }
        }
        return any;
    }

    private void drop(Place place) {
        row.drop(place, forecast.at(time.tick()));
        for (Job job : place.jobs) {
            waitingItems--;
            waitingCost -= job.item().cost();
            dropped++;
        }
    }
}
