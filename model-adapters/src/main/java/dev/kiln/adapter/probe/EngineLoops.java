package dev.kiln.adapter.probe;

import dev.kiln.core.model.ModelFault;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/// Threads that each do one thing again and again, all from the same moment.
final class EngineLoops {
    private EngineLoops() {}

    interface Work {
        void go() throws ModelFault, InterruptedException;
    }

    /// When everything was done.
    ///
    /// @param works one for each thread
    static RunTimes times(List<? extends Work> works, double seconds)
            throws ModelFault, InterruptedException {
        var start = new CountDownLatch(1);
        List<FutureTask<List<RunTimes.Run>>> loops = new ArrayList<>();
        for (Work work : works) {
            var loop = new FutureTask<>(() -> runs(work, start, seconds));
            Thread.ofPlatform().daemon().name("check-" + loops.size()).start(loop);
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
        return RunTimes.of(runs);
    }

    private static List<RunTimes.Run> runs(Work work, CountDownLatch start, double seconds)
            throws ModelFault, InterruptedException {
        start.await();
        List<RunTimes.Run> runs = new ArrayList<>();
        long endTick = System.nanoTime() + (long) (seconds * 1e9);
        do {
            long beganTick = System.nanoTime();
            work.go();
            runs.add(new RunTimes.Run(beganTick, System.nanoTime()));
        } while (System.nanoTime() < endTick);
        return runs;
    }
}
