package dev.kiln.adapter.probe;

import dev.kiln.core.model.ModelAdapter;
import dev.kiln.core.model.ModelFault;
import dev.kiln.core.model.Prepared;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/// How an engine runs one batch after the other with nothing around it, seen from the host: a run is what lies between a
/// call and its return, copies included. That is an upper bound of the time in which the device computes.
///
/// @param itemsPerSecond of all threads together
/// @param busy share of the time in which at least one run was under way
/// @param gapMicrosMedian of the gaps between them, 0 where there is none
record EngineTiming(
        double itemsPerSecond, double busy, double gapMicrosMedian, double runMicrosMedian) {
    private record Run(long beganTick, long endedTick) {}

    static EngineTiming measure(
            ModelAdapter model, List<Prepared> batch, int threads, double seconds)
            throws ModelFault, InterruptedException {
        model.run(batch);
        var start = new CountDownLatch(1);
        List<FutureTask<List<Run>>> loops = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            var loop = new FutureTask<>(() -> runs(model, batch, start, seconds));
            Thread.ofPlatform().daemon().name("check-" + i).start(loop);
            loops.add(loop);
        }
        start.countDown();
        List<Run> runs = new ArrayList<>();
        for (FutureTask<List<Run>> loop : loops) {
            try {
                runs.addAll(loop.get());
            } catch (ExecutionException e) {
                throw new ModelFault("a run failed", e);
            }
        }
        return of(runs, batch.size());
    }

    private static List<Run> runs(
            ModelAdapter model, List<Prepared> batch, CountDownLatch start, double seconds)
            throws ModelFault, InterruptedException {
        start.await();
        List<Run> runs = new ArrayList<>();
        long endTick = System.nanoTime() + (long) (seconds * 1e9);
        do {
            long beganTick = System.nanoTime();
            model.run(batch);
            runs.add(new Run(beganTick, System.nanoTime()));
        } while (System.nanoTime() < endTick);
        return runs;
    }

    private static EngineTiming of(List<Run> runs, int items) {
        runs.sort(Comparator.comparingLong(Run::beganTick));
        long until = runs.getFirst().beganTick();
        long busy = 0;
        List<Long> gaps = new ArrayList<>();
        for (Run run : runs) {
            if (run.beganTick() > until) {
                gaps.add(run.beganTick() - until);
                until = run.beganTick();
            }
            busy += Math.max(0, run.endedTick() - until);
            until = Math.max(until, run.endedTick());
        }
        double wall = until - runs.getFirst().beganTick();
        List<Long> took =
                new ArrayList<>(
                        runs.stream().map(run -> run.endedTick() - run.beganTick()).toList());
        return new EngineTiming(
                runs.size() * items / (wall / 1e9),
                busy / wall,
                median(gaps) / 1e3,
                median(took) / 1e3);
    }

    private static double median(List<Long> values) {
        values.sort(Comparator.naturalOrder());
        return values.isEmpty() ? 0 : values.get(values.size() / 2);
    }

    Section section(String name) {
        return new Section(name)
                .with("items_per_s", itemsPerSecond)
                .with("busy_seen_from_host", busy)
                .with("gap_us_median", gapMicrosMedian)
                .with("run_us_median", runMicrosMedian);
    }
}
