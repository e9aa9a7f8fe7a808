package dev.kiln.core;

import dev.kiln.core.LaneQueue.Batch;
import dev.kiln.core.Place.Job;
import dev.kiln.core.model.ModelAdapter;
import dev.kiln.core.model.ModelFault;
import dev.kiln.core.model.ModelOutput;
import dev.kiln.core.model.Prepared;
import dev.kiln.core.model.Stop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;

/// One engine loop of a lane: takes batches, runs them, completes tickets. A batch that fails is run again in halves,
/// so that only the item at fault fails; one that lacked memory teaches the lane to form smaller ones. A run that
/// nobody waits for any more is stopped, where the engine can be.
///
/// **Threads:** confined to its own, but for [#stuck] and [#stopIfUnwanted].
final class LaneLoop {
    private static final System.Logger LOG = System.getLogger(LaneLoop.class.getName());

    /// A run longer than this many times what was learned is not merely slow.
    private static final int BEYOND_LEARNED = 20;

    /// What a loop works with, shared by all loops of a lane.
    record Parts(
            ModelAdapter adapter,
            LaneQueue queue,
            LaneCounts counts,
            ServiceCurve curve,
            LaneHealth health,
            Time time) {}

    /// A run under way.
    ///
    /// @param expected nanoseconds it should take, 0 where that is not known
    /// @param jobs what for; none of a proof and the like
    private record Running(long beganTick, double expected, List<Job> jobs, Stop stop) {
        boolean wanted() {
            return jobs.isEmpty() || jobs.stream().anyMatch(job -> !job.ticket().over());
        }
    }

    private final Parts parts;

    /// Written by the loop's own thread alone, read by the watchdog and by who gives a call up.
    private volatile @Nullable Running running;

    LaneLoop(Parts parts) {
        this.parts = parts;
    }

    /// Works until the queue is closed and empty.
    void work() throws InterruptedException {
        BatchPolicy policy = parts.queue().policy();
        watched(new Calibration(parts, policy)::run);
        parts.queue().ready();
        while (true) {
            Batch batch = parts.queue().take();
            FutureTask<?> errand = parts.queue().errand();
            if (errand != null) {
                watched(errand);
            }
            if (!batch.jobs().isEmpty()) {
                run(batch);
            } else if (errand == null && batch.last()) {
                return;
            } else {
                parts.queue().ready();
            }
            if (parts.health().now() == Lane.Health.SICK) {
                parts.queue().abandon(down());
            }
        }
    }

    /// For how long the run under way has been beyond reason; empty while there is none or it is not.
    ///
    /// @param floor no run is beyond reason before this
    Optional<Duration> stuck(Duration floor) {
        Running now = running;
        if (now == null) {
            return Optional.empty();
        }
        double took = parts.time().tick() - now.beganTick();
        return took > Math.max((double) floor.toNanos(), BEYOND_LEARNED * now.expected())
                ? Optional.of(Duration.ofNanos((long) took))
                : Optional.empty();
    }

    /// Stops the run under way if nobody waits for any of it.
    void stopIfUnwanted() {
        Running now = running;
        if (now != null && !now.wanted()) {
            now.stop().ask();
        }
    }

    private void run(Batch batch) {
        boolean well = false;
        boolean shared = parts.queue().shared();
        long spentBefore = shared ? spent() : 0;
        try {
            well = run(batch.jobs(), batch.takenTick(), System.Logger.Level.ERROR);
        } finally {
            long took = parts.time().tick() - batch.takenTick();
            long spentNanos = shared ? spent() - spentBefore : took;
            parts.queue().ran(batch, took, spentNanos, well);
        }
    }

    /// What this thread has spent of its device by now, in nanoseconds from any moment on: of a processor the time that it
    /// really had, of a GPU all time.
    private long spent() {
        return parts.adapter().info().device().onGpu()
                ? parts.time().tick()
                : parts.time().threadNanos();
    }

    /// Runs items of one batch.
    ///
    /// @param level how loud a fault is logged: the first of a batch is news, the rest narrows it down
    /// @return whether it came out without a fault
    private boolean run(List<Job> jobs, long takenTick, System.Logger.Level level) {
        long padded = padded(jobs);
        parts.counts().began(jobs.size(), cost(jobs), padded);
        long beganTick = parts.time().tick();
        var waste = new Waste(jobs);
        try {
            List<ModelOutput> outputs = compute(jobs, padded);
            long tookNanos = parts.time().tick() - beganTick;
            parts.counts().computed(tookNanos);
            if (outputs.isEmpty()) {
                stopped(jobs, padded, tookNanos);
                waste.count(parts.counts(), new boolean[jobs.size()], tookNanos);
                return false;
            }
            parts.curve().learn(jobs.size(), padded, tookNanos);
            parts.health().ran();
            var moments = new Moments(takenTick, beganTick, tookNanos);
            waste.count(parts.counts(), complete(jobs, outputs, moments), tookNanos);
            return true;
        } catch (ModelFault fault) {
            log(level, jobs, fault);
            runInHalves(jobs, takenTick, fault);
            return false;
        }
    }

    /// @return no outputs if the run was stopped
    private List<ModelOutput> compute(List<Job> jobs, long padded) throws ModelFault {
        List<Prepared> prepared = jobs.stream().map(Job::item).toList();
        List<ModelOutput> outputs = new ArrayList<>();
        Stop stop = new Stop();
        try {
            double expected = parts.curve().batch(jobs.size(), padded).orElse(0);
            running = new Running(parts.time().tick(), expected, jobs, stop);
            stopIfUnwanted();
            outputs.addAll(stop.over(() -> parts.adapter().run(prepared)));
        } catch (ModelFault fault) {
            if (stop.told() && !fault.deviceLost() && !fault.outOfMemory()) {
                return List.of();
            }
            throw fault;
        } catch (RuntimeException | Error bug) {
            throw new ModelFault("the adapter threw", bug);
        } finally {
            running = null;
        }
        if (outputs.size() != jobs.size()) {
            throw new ModelFault(
                    "this is a bug: %d outputs for %d items"
                            .formatted(outputs.size(), jobs.size()));
        }
        return outputs;
    }

    private void watched(Runnable errand) {
        try {
            running = new Running(parts.time().tick(), 0, List.of(), new Stop());
            errand.run();
        } finally {
            running = null;
        }
    }

    private record Moments(long takenTick, long beganTick, long tookNanos) {}

    /// @return whether somebody still waited, for each
    private static boolean[] complete(List<Job> jobs, List<ModelOutput> outputs, Moments moments) {
        boolean[] wanted = new boolean[jobs.size()];
        for (int i = 0; i < jobs.size(); i++) {
            Job job = jobs.get(i);
            long offered = job.place().offeredTick;
            long queued = Math.max(0, moments.takenTick() - offered);
            long waited = moments.beganTick() - Math.max(moments.takenTick(), offered);
            Stages stages =
                    new Stages(0, 0, queued / 1000, waited / 1000, moments.tookNanos() / 1000);
            wanted[i] = job.ticket().complete(job.index(), outputs.get(i), jobs.size(), stages);
        }
        return wanted;
    }

    /// Nobody waited for it any more. How long it would have taken is not known, but at least as long as somebody waited
    /// to the end of his time; and where that is beyond reason it is a fault.
    private void stopped(List<Job> jobs, long padded, long tookNanos) {
        parts.counts().stopped();
        long now = parts.time().tick();
        if (jobs.stream().noneMatch(job -> job.ticket().deadline().passed(now))) {
            return;
        }
        double expected = parts.curve().batch(jobs.size(), padded).orElse(Double.MAX_VALUE);
        parts.curve().atLeast(jobs.size(), padded, tookNanos);
        if (tookNanos / expected > BEYOND_LEARNED) {
            var fault =
                    new ModelFault(
                            "stopped after %d ms, %d were expected"
                                    .formatted(tookNanos / 1_000_000, (long) (expected / 1e6)));
            log(System.Logger.Level.ERROR, jobs, fault);
            parts.counts().faulted();
            watched(() -> parts.health().faulted(fault));
        }
    }

    private void runInHalves(List<Job> jobs, long takenTick, ModelFault fault) {
        parts.counts().faulted();
        boolean alone = jobs.size() == 1;
        if (fault.outOfMemory() && !alone) {
            parts.queue().cap(padded(jobs) / 2);
        } else {
            watched(() -> parts.health().faulted(fault));
        }
        if (alone) {
            fail(jobs.getFirst(), fault);
            return;
        }
        int middle = jobs.size() / 2;
        runLiving(jobs.subList(0, middle), takenTick, fault);
        runLiving(jobs.subList(middle, jobs.size()), takenTick, fault);
    }

    private void runLiving(List<Job> jobs, long takenTick, ModelFault fault) {
        boolean sick = parts.health().now() == Lane.Health.SICK;
        long now = parts.time().tick();
        List<Job> living = new ArrayList<>();
        for (Job job : jobs) {
            if (sick) {
                fail(job, fault);
            } else if (job.ticket().deadline().passed(now)) {
                fail(job, new Refused(Refusal.RUN_EXPIRED, "the deadline passed"));
            } else if (!job.ticket().over()) {
                living.add(job);
            }
        }
        if (!living.isEmpty()) {
            run(List.copyOf(living), takenTick, System.Logger.Level.DEBUG);
        }
    }

    /// What still waits of the call is not run any more.
    private void fail(Job job, Exception cause) {
        job.ticket().fail(cause);
        parts.queue().forget(job.ticket());
    }

    private void log(System.Logger.Level level, List<Job> jobs, ModelFault fault) {
        LOG.log(
                level,
                "lane %s: fault, batch=%d padded=%d model=%s"
                        .formatted(
                                parts.adapter().info().name(),
                                jobs.size(),
                                padded(jobs),
                                parts.adapter().info().sha256()),
                fault);
    }

    private static Refused down() {
        return Refused.until(
                Refusal.RUN_MODEL_DOWN,
                "the model failed repeatedly and is being rebuilt",
                Lane.REBUILD_TIME);
    }

    private static long cost(List<Job> jobs) {
        return jobs.stream().mapToLong(job -> job.item().cost()).sum();
    }

    private static long padded(List<Job> jobs) {
        return jobs.stream().mapToLong(job -> job.item().cost()).max().orElse(0) * jobs.size();
    }
}
