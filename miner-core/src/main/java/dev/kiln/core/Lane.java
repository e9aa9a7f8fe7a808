package dev.kiln.core;

import dev.kiln.core.LaneQueue.Batch;
import dev.kiln.core.LaneQueue.Job;
import dev.kiln.core.model.ModelAdapter;
import dev.kiln.core.model.ModelFault;
import dev.kiln.core.model.ModelOutput;
import dev.kiln.core.model.Prepared;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/// One model on one device: its queue, its batcher and its engine loops, each on a named platform thread.
///
/// A loop takes the oldest item with company of like cost, drops what expired or was abandoned, runs the adapter and
/// completes tickets. The lane owns its adapter: the last loop to end closes it.
///
/// **Threads:** every method from any thread; none but [#close] blocks.
public final class Lane implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Lane.class.getName());

    private final ModelAdapter adapter;
    private final LaneSettings settings;
    private final Time time;
    private final LaneQueue queue;
    private final List<Thread> loops = new ArrayList<>();
    private final AtomicInteger loopsLeft;

    /// Cost taken by loops and not yet run.
    private final AtomicLong runningCost = new AtomicLong();

    private final ServiceTimes times = new ServiceTimes();

    private final LongAdder batches = new LongAdder();
    private final LongAdder items = new LongAdder();
    private final LongAdder cost = new LongAdder();
    private final LongAdder paddedCost = new LongAdder();
    private final LongAdder computeNanos = new LongAdder();
    private final LongAdder faults = new LongAdder();

    private Lane(ModelAdapter adapter, LaneSettings settings, Time time) {
        this.adapter = adapter;
        this.settings = settings;
        this.time = time;
        this.queue = new LaneQueue(settings.policy(), settings.maxQueuedCost(), time);
        this.loopsLeft = new AtomicInteger(settings.loops());
    }

    /// Starts a lane's loops. The lane owns the adapter from here on.
    ///
    /// @throws IllegalArgumentException if several loops are asked for and the adapter may not be shared
    public static Lane start(ModelAdapter adapter, LaneSettings settings, Time time) {
        if (settings.loops() > 1 && !adapter.shareable()) {
            throw new IllegalArgumentException(
                    "%s may not be shared by %d loops"
                            .formatted(adapter.info().name(), settings.loops()));
        }
        Lane lane = new Lane(adapter, settings, time);
        String name =
                "lane-%s-%s-".formatted(adapter.info().name(), adapter.info().device().active());
        for (int n = 0; n < settings.loops(); n++) {
            lane.loops.add(Thread.ofPlatform().daemon().name(name + n).start(lane::loop));
        }
        return lane;
    }

    public ModelAdapter adapter() {
        return adapter;
    }

    /// Puts a call's items in the queue, all or none.
    ///
    /// @param prepared items from this lane's adapter, at least one
    /// @throws Refused with [Refusal#LIMIT_WOULD_MISS_DEADLINE] when the predicted wait is longer than the deadline
    ///     leaves, [Refusal#LIMIT_QUEUE_FULL] when the queue's bound is reached, [Refusal#SERVER_DRAINING] when the
    ///     lane is closing
    public Ticket submit(List<Prepared> prepared, Deadline deadline) throws Refused {
        if (prepared.isEmpty()) {
            throw new IllegalArgumentException("a call has at least one item");
        }
        long now = time.tick();
        Ticket ticket = new Ticket(this, deadline, prepared.size());
        List<Job> jobs = new ArrayList<>(prepared.size());
        long added = 0;
        for (Prepared item : prepared) {
            jobs.add(new Job(ticket, jobs.size(), item, now));
            added += item.cost();
        }
        refuseWhatWouldBeLate(added, deadline.left(now));
        queue.offer(jobs, added);
        return ticket;
    }

    /// How long a call of this cost would take from now, as far as the lane has learned; zero where it has not.
    public Duration predict(long added) {
        long work = queue.cost() + runningCost.get() + added;
        double perCost = times.perCost(Math.min(work, settings.policy().maxCost())).orElse(0);
        return Duration.ofNanos((long) (perCost * work / settings.loops()));
    }

    public LaneFacts facts() {
        return new LaneFacts(
                queue.size(),
                queue.cost(),
                batches.sum(),
                items.sum(),
                cost.sum(),
                paddedCost.sum(),
                computeNanos.sum() / 1000,
                queue.dropped(),
                faults.sum());
    }

    /// Refuses what comes from now on, runs what waits, closes the adapter, and waits until that is done.
    @Override
    public void close() {
        queue.close();
        boolean interrupted = false;
        for (Thread loop : loops) {
            while (true) {
                try {
                    loop.join();
                    break;
                } catch (InterruptedException _) {
                    interrupted = true;
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /// Whether anything waits or runs.
    boolean busy() {
        return queue.cost() + runningCost.get() > 0;
    }

    long tick() {
        return time.tick();
    }

    boolean forget(Ticket ticket) {
        return queue.forget(ticket);
    }

    /// An idle lane tries whatever comes: there is nothing to wait for, so coming again would change nothing.
    private void refuseWhatWouldBeLate(long added, long leftNanos) throws Refused {
        if (!busy()) {
            return;
        }
        Duration predicted = predict(added);
        long excess = predicted.toNanos() - leftNanos;
        if (excess > 0) {
            throw Refused.until(
                    Refusal.LIMIT_WOULD_MISS_DEADLINE,
                    "predicted %d ms, the deadline leaves %d ms"
                            .formatted(predicted.toMillis(), leftNanos / 1_000_000),
                    Duration.ofNanos(excess));
        }
    }

    private void loop() {
        try {
            while (true) {
                Batch batch = queue.take();
                if (batch.jobs().isEmpty()) {
                    break;
                }
                run(batch);
            }
        } catch (InterruptedException _) {
            LOG.log(System.Logger.Level.WARNING, "lane loop interrupted; it ends");
        } finally {
            if (loopsLeft.decrementAndGet() == 0) {
                adapter.close();
            }
        }
    }

    private void run(Batch batch) {
        List<Prepared> prepared = new ArrayList<>(batch.jobs().size());
        long sum = 0;
        long largest = 0;
        for (Job job : batch.jobs()) {
            prepared.add(job.item());
            sum += job.item().cost();
            largest = Math.max(largest, job.item().cost());
        }
        batches.increment();
        items.add(prepared.size());
        cost.add(sum);
        paddedCost.add(largest * prepared.size());
        runningCost.addAndGet(sum);
        long beganTick = time.tick();
        try {
            List<ModelOutput> outputs = adapter.run(prepared);
            long tookNanos = time.tick() - beganTick;
            computeNanos.add(tookNanos);
            times.learn(sum, tookNanos);
            complete(batch, outputs, beganTick, tookNanos);
        } catch (ModelFault fault) {
            fail(batch, fault, largest);
        } catch (RuntimeException | Error bug) {
            fail(batch, new ModelFault("the adapter threw", bug), largest);
        } finally {
            runningCost.addAndGet(-sum);
        }
    }

    private static void complete(
            Batch batch, List<ModelOutput> outputs, long beganTick, long tookNanos) {
        List<Job> jobs = batch.jobs();
        if (outputs.size() != jobs.size()) {
            throw new IllegalStateException(
                    "this is a bug: %d outputs for %d items"
                            .formatted(outputs.size(), jobs.size()));
        }
        for (int i = 0; i < jobs.size(); i++) {
            Job job = jobs.get(i);
            long queued = Math.max(0, batch.takenTick() - job.submittedTick());
            long waited = beganTick - Math.max(batch.takenTick(), job.submittedTick());
            Stages stages = new Stages(0, 0, queued / 1000, waited / 1000, tookNanos / 1000);
            job.ticket().complete(job.index(), outputs.get(i), jobs.size(), stages);
        }
    }

    private void fail(Batch batch, ModelFault fault, long largest) {
        faults.increment();
        LOG.log(
                System.Logger.Level.ERROR,
                "lane %s: fault, batch=%d padded=%d model=%s"
                        .formatted(
                                adapter.info().name(),
                                batch.jobs().size(),
                                largest * batch.jobs().size(),
                                adapter.info().sha256()),
                fault);
        for (Job job : batch.jobs()) {
            job.ticket().fail(fault);
        }
    }
}
