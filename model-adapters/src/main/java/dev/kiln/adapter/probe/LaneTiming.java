package dev.kiln.adapter.probe;

import dev.kiln.core.BatchPolicy;
import dev.kiln.core.Caller;
import dev.kiln.core.Deadline;
import dev.kiln.core.Lane;
import dev.kiln.core.LaneSettings;
import dev.kiln.core.Refused;
import dev.kiln.core.Terms;
import dev.kiln.core.Time;
import dev.kiln.core.model.ModelAdapter;
import dev.kiln.core.model.ModelFault;
import dev.kiln.core.model.ModelInput;
import dev.kiln.core.model.Prepared;
import dev.kiln.core.model.UnfitInput;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// How fast a model is through a lane: queue, batcher and engine threads as the server has them, with no network and no
/// signatures before them.
///
/// @param itemsPerSecond with enough batches waiting that none is waited for
/// @param runs of the engine meanwhile
record LaneTiming(double itemsPerSecond, RunTimes runs) {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /// Batches that wait for each engine thread, one more than it runs.
    private static final int AHEAD = 2;

    /// Fills a lane with batches of the same inputs.
    ///
    /// @param adapter closed with the lane
    /// @param inputs of one batch, all of one size
    /// @param loops engine threads
    static LaneTiming measure(
            ModelAdapter adapter, List<ModelInput> inputs, int loops, double seconds)
            throws ModelFault, InterruptedException {
        var policy = new BatchPolicy(inputs.size(), Long.MAX_VALUE / 2, 1, Duration.ZERO);
        var settings = new LaneSettings(policy, loops, Long.MAX_VALUE / 2);
        var watched = new WatchedAdapter(adapter);
        try (Lane lane = Lane.start(watched, settings, Time.SYSTEM);
                ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Prepared> batch = lane.prepare(inputs, terms());
            lane.submit(batch, terms()).await();
            watched.forget();
            long beganTick = System.nanoTime();
            long endTick = beganTick + (long) (seconds * 1e9);
            List<Future<Long>> counts = new ArrayList<>();
            for (int i = 0; i < AHEAD * loops; i++) {
                counts.add(callers.submit(() -> items(lane, batch, endTick)));
            }
            long items = 0;
            for (Future<Long> count : counts) {
                items += count.get();
            }
            double took = (System.nanoTime() - beganTick) / 1e9;
            return new LaneTiming(items / took, watched.times());
        } catch (Refused | UnfitInput | ExecutionException e) {
            throw new ModelFault("a call through a lane failed", e);
        }
    }

    private static long items(Lane lane, List<Prepared> batch, long endTick)
            throws Refused, ModelFault, InterruptedException {
        long items = 0;
        do {
            items += lane.submit(batch, terms()).await().outputs().size();
        } while (System.nanoTime() < endTick);
        return items;
    }

    Section section(String name) {
        return runs.into(new Section(name).with("items_per_s", itemsPerSecond));
    }

    private static Terms terms() {
        long now = Time.SYSTEM.tick();
        return new Terms(new Caller.KeyHolder("check"), Deadline.after(now, PATIENCE));
    }
}
