package dev.kiln.adapter.probe;

import dev.kiln.core.model.ModelAdapter;
import dev.kiln.core.model.ModelFault;
import dev.kiln.core.model.Prepared;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/// How an engine runs one batch after the other with nothing around it.
///
/// @param itemsPerSecond of all threads together
record EngineTiming(double itemsPerSecond, RunTimes runs) {
    static EngineTiming measure(
            ModelAdapter model, List<Prepared> batch, int threads, double seconds)
            throws ModelFault, InterruptedException {
        model.run(batch);
        var start = new CountDownLatch(1);
        List<FutureTask<List<RunTimes.Run>>> loops = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            var loop = new FutureTask<>(() -> runs(model, batch, start, seconds));
            Thread.ofPlatform().daemon().name("check-" + i).start(loop);
            loops.add(loop);
        }
        start.countDown();
        List<RunTimes.Run> runs = new ArrayList<>();
        for (FutureTask<List<RunTimes.Run>> loop : loops) {
            try {
                runs.addAll(loop.get());
            } catch (ExecutionException e) {
                throw new ModelFault("a run failed", e);
            }
        }
        RunTimes times = RunTimes.of(runs);
        return new EngineTiming(times.count() * batch.size() / times.wallSeconds(), times);
    }

    private static List<RunTimes.Run> runs(
            ModelAdapter model, List<Prepared> batch, CountDownLatch start, double seconds)
            throws ModelFault, InterruptedException {
        start.await();
        List<RunTimes.Run> runs = new ArrayList<>();
        long endTick = System.nanoTime() + (long) (seconds * 1e9);
        do {
            long beganTick = System.nanoTime();
            model.run(batch);
            runs.add(new RunTimes.Run(beganTick, System.nanoTime()));
        } while (System.nanoTime() < endTick);
        return runs;
    }

    Section section(String name) {
        return runs.into(new Section(name).with("items_per_s", itemsPerSecond));
    }
}
