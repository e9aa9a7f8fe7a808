package dev.kiln.core;

import dev.kiln.core.Place.Job;
import dev.kiln.core.model.Prepared;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.FutureTask;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// What waits for a lane, in the order of its [Row], bounded by cost and by predicted work.
///
/// **Threads:** any. One lock, the device's, held for no longer than a few passes over the row; nothing else is locked
/// under it but a ticket and the service curve.
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

    /// How soon a lane that lets others run first looks whether their runs have come to hang.
    private static final long LOOK_AGAIN_NANOS = 10_000_000;

    private final ServiceCurve curve;
    private final DeviceTime device;
    private final Time time;
    private final ReentrantLock lock;
    private final Condition changed;

    // Guarded by lock.
    private LaneSettings settings;
    private final Deque<FutureTask<?>> errands = new ArrayDeque<>();
    private Refused refusal = new Refused(Refusal.SERVER_DRAINING, "the server is shutting down");
    private final Row row;
    private final Forecast forecast;
    private final Claim claim;
    private final Entrance entrance;
    private long dropped;
    private boolean closed;

    /// Joins the device.
    LaneQueue(LaneSettings settings, ServiceCurve curve, DeviceTime device, Time time) {
        this.settings = settings;
        this.curve = curve;
        this.device = device;
        this.time = time;
        this.lock = device.lock();
        this.changed = lock.newCondition();
        this.row = new Row(device);
        this.forecast = new Forecast(curve, settings.loops(), settings.longestWait());
        this.claim = new Claim(row, forecast, device.accounts(), changed);
        this.entrance = new Entrance(row, forecast, claim, device, time);
        device.join(claim);
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
            Place place = entrance.letIn(ticket, terms, items, settings);
            ticket.place = place;
            device.charge(claim, place.offeredTick);
            changed.signal();
        } finally {
            lock.unlock();
        }
    }

    /// Refuses a call that could not be promised its answer even if its inputs cost no more than they must, before they
    /// are made ready.
    ///
    /// @param least asked only where much waits
    void refuseHopeless(Ticket ticket, Terms terms, Supplier<List<Prepared>> least) throws Refused {
        if (!locked(() -> !closed && entrance.muchWaits(terms))) {
            return;
        }
        // Texts are looked at outside the lock.
        List<Prepared> items = least.get();
        lock.lock();
        try {
            if (!closed) {
                entrance.refuseHopeless(ticket, terms, items, settings);
            }
        } finally {
            lock.unlock();
        }
    }

    /// Nanoseconds until so many more items of one cost would be done behind all that waits.
    double foretell(int items, int cost) {
        return locked(() -> entrance.foretell(items, cost, settings));
    }

    /// Nanoseconds until the smallest call would be done that came on these terms now; nothing is noted of it.
    double foretell(Ticket ticket, Terms terms) {
        return locked(() -> entrance.foretell(ticket, terms));
    }

    /// A loop will take a batch next that has not run one last.
    void ready() {
        lock.lock();
        try {
            claim.taking(1);
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
                while (row.isEmpty() && errands.isEmpty() && !closed) {
                    changed.await();
                }
                long takenTick = time.tick();
                if (!errands.isEmpty()) {
                    claim.taking(-1);
                    return Batch.none(takenTick, false);
                }
                if (!row.isEmpty() && device.holds(claim, takenTick)) {
                    changed.awaitNanos(LOOK_AGAIN_NANOS);
                    continue;
                }
                lingerForCompany(takenTick);
                Optional<Batch> batch = handOut(takenTick);
                if (batch.isPresent()) {
                    return batch.get();
                }
                if (closed) {
                    claim.taking(-1);
                    return Batch.none(takenTick, true);
                }
            }
        } finally {
            lock.unlock();
        }
    }

    /// Takes one batch if there is work now.
    Optional<Batch> poll() {
        return locked(() -> {
            long now = time.tick();
            boolean holds = !row.isEmpty() && device.holds(claim, now);
            return holds ? Optional.empty() : handOut(now);
        });
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
        return new Picker(
                row,
                settings.policy(),
                curve,
                entrance.outlook(nowTick),
                entrance.brevity().longest(nowTick));
    }

    private Batch handOut(List<Job> jobs, long takenTick) {
        row.take(jobs);
        if (!row.isEmpty()) {
            changed.signal();
        }
        Batch batch = new Batch(jobs, takenTick, !row.isEmpty(), false);
        claim.taking(-1);
        forecast.began(batch);
        device.charge(claim, takenTick);
        device.moved(claim);
        return batch;
    }

    /// A batch has been run: what was foretold of it is compared, and its time put to its callers' accounts.
    ///
    /// @param spentNanos what of that the device spent on it, where that is known better
    /// @param well whether it came out without a fault
    void ran(Batch batch, long tookNanos, long spentNanos, boolean well) {
        lock.lock();
        try {
            OptionalDouble beyond = forecast.ended(batch, tookNanos, spentNanos, well);
            claim.taking(1);
            long now = time.tick();
            for (Job job : batch.jobs()) {
                Place place = job.place();
                place.left--;
                if (place.left == 0 && place.ticket.answered()) {
                    forecast.learn(place, (double) (now - place.offeredTick));
                }
            }
            row.flows().settle(batch.jobs(), tookNanos, forecast.pace());
            row.flows().count(batch.jobs(), spentNanos);
            beyond.ifPresent(nanos -> claim.gave(batch, nanos));
            device.moved(claim);
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

    /// Its loops have ended: it wants nothing of the device any more.
    void leave() {
        device.leave(claim);
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
            settings = settings.with(settings.policy().atMost(maxCost));
        } finally {
            lock.unlock();
        }
    }

    BatchPolicy policy() {
        return locked(() -> settings.policy());
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
        return locked(row::items);
    }

    long cost() {
        return locked(row::cost);
    }

    long dropped() {
        return locked(() -> dropped);
    }

    boolean closed() {
        return locked(() -> closed);
    }

    /// Whether anything waits or runs.
    boolean busy() {
        return locked(() -> !entrance.idle());
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
        long left = settings.policy().maxLinger().toNanos();
        while (left > 0 && !closed && !row.isEmpty() && !companyComplete()) {
            claim.taking(-1);
            device.moved(claim);
            try {
                changed.awaitNanos(left);
            } finally {
                claim.taking(1);
            }
            left = settings.policy().maxLinger().toNanos() - (time.tick() - takenTick);
        }
    }

    private boolean companyComplete() {
        List<Job> jobs = picker(time.tick()).pick();
        long largest = 0;
        for (Job job : jobs) {
            largest = Math.max(largest, job.item().cost());
        }
        return settings.policy().full(jobs.size(), largest);
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
        row.drop(place, entrance.outlook(time.tick()));
        dropped += place.jobs.size();
        device.moved(claim);
    }

    /// Whether its device computes other models, too.
    boolean shared() {
        return device.shared();
    }
}
