package dev.kiln.loadtest.bench;

import dev.kiln.loadtest.miner.MinerException;
import dev.kiln.loadtest.traffic.Arrival;
import dev.kiln.loadtest.traffic.Latencies;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The measuring itself: references, capacities, each model alone, then swap after swap.
final class SwapRun {
    private static final double CAPACITY_SECONDS = 6;
    private static final int EARLY = 20;

    /// The old model finishes what it has after the new one answers.
    private static final Duration AFTERWARDS = Duration.ofMillis(500);

    private final SwapBench.Plan plan;
    private final SwapSide side;
    private final AdminPort admin;
    private final List<Path> files;
    private final Consumer<String> progress;
    private final SwapTally tally = new SwapTally();

    /// One model alone.
    ///
    /// @param capacity answers a second with many callers
    /// @param steadyP99 milliseconds at the rate of the swaps
    record Alone(String source, double capacity, double steadyP99) {}

    /// One swap.
    ///
    /// @param from place of the model before in the list of sources
    /// @param tookMillis from the operator's question to the answer
    record Swap(int from, int to, long beganTick, long endedTick, double tookMillis) {}

    /// Everything measured.
    ///
    /// @param during latencies of questions that were in hand while a swap was under way
    /// @param between those of all others
    /// @param ratios p99 of each kind of swap, by the slower of its two models' own
    record Outcome(
            SwapBench.Plan plan,
            double rate,
            List<Alone> alone,
            List<Swap> swaps,
            Latencies during,
            Latencies between,
            List<Double> ratios,
            SwapTally tally,
            Bytes bytes) {}

    /// @param sent questions that were sent while models were swapped
    /// @param itemsRun items that engines ran in the same time
    /// @param early resident bytes after the first swaps
    /// @param late resident bytes after the last
    record Bytes(long sent, long itemsRun, long early, long late) {}

    SwapRun(
            SwapBench.Plan plan,
            SwapSide side,
            AdminPort admin,
            List<Path> files,
            Consumer<String> progress) {
        this.plan = plan;
        this.side = side;
        this.admin = admin;
        this.files = List.copyOf(files);
        this.progress = progress;
    }

    Outcome measure() throws MinerException, IOException, InterruptedException {
        List<Double> capacities = new ArrayList<>();
        for (int i = 0; i < files.size(); i++) {
            admin.apply(files.get(i));
            progress.accept("what %s gives, and how fast".formatted(name(i)));
            side.capacity(CAPACITY_SECONDS / 2);
            side.each(1).forEach(tally::learn);
            side.each(32).forEach(tally::learn);
            capacities.add(side.capacity(CAPACITY_SECONDS));
        }
        double slowest = capacities.stream().mapToDouble(Double::doubleValue).min().orElseThrow();
        double rate = slowest * plan.share();
        List<Alone> alone = new ArrayList<>();
        for (int i = 0; i < files.size(); i++) {
            admin.apply(files.get(i));
            progress.accept("%s alone at %.1f questions/s".formatted(name(i), rate));
            alone.add(new Alone(name(i), capacities.get(i), steady(rate, i)));
        }
        return swaps(rate, alone);
    }

    private double steady(double rate, int model) throws InterruptedException {
        long end = System.nanoTime() + (long) (plan.steady() * 1e9);
        var latencies = new Latencies();
        side.open(rate, plan.seed() + model, () -> System.nanoTime() > end)
                .forEach(arrival -> latencies.record(arrival.correctedNanos()));
        return latencies.millisAt(99);
    }

    private Outcome swaps(double rate, List<Alone> alone)
            throws MinerException, InterruptedException {
        var swapper = new Swapper(files.size() - 1);
        long itemsBefore = side.itemsRun();
        Thread thread = Thread.ofPlatform().name("swapper").daemon().start(swapper);
        Queue<Arrival> arrivals = side.open(rate, plan.seed() + 100, () -> !thread.isAlive());
        thread.join();
        swapper.failIfBroken();
        long itemsRun = side.itemsRun() - itemsBefore;
        progress.accept("judging %d answers".formatted(arrivals.size()));
        arrivals.forEach(tally::judge);
        var during = new Latencies();
        var between = new Latencies();
        List<Double> ratios = new ArrayList<>();
        List<Latencies> own = new ArrayList<>();
        files.forEach(_ -> own.add(new Latencies()));
        for (Arrival arrival : arrivals) {
            Optional<Swap> swap =
                    swapper.swaps.stream().filter(each -> meets(arrival, each)).findFirst();
            swap.ifPresent(met -> own.get(met.from()).record(arrival.correctedNanos()));
            (swap.isPresent() ? during : between).record(arrival.correctedNanos());
        }
        for (int from = 0; from < files.size(); from++) {
            int to = (from + 1) % files.size();
            double slower = Math.max(alone.get(from).steadyP99(), alone.get(to).steadyP99());
            ratios.add(own.get(from).millisAt(99) / slower);
        }
        return new Outcome(
                plan,
                rate,
                alone,
                swapper.swaps,
                during,
                between,
                ratios,
                tally,
                new Bytes(arrivals.size(), itemsRun, swapper.earlyBytes, side.residentBytes()));
    }

    private static boolean meets(Arrival arrival, Swap swap) {
        return arrival.doneTick() >= swap.beganTick()
                && arrival.intendedTick() <= swap.endedTick() + AFTERWARDS.toNanos();
    }

    private String name(int model) {
        Path last = Path.of(plan.sources().get(model)).getFileName();
        return String.valueOf(last);
    }

    /// Swaps on a thread of its own, each a fixed time after the one before began.
    private final class Swapper implements Runnable {
        private final List<Swap> swaps = new ArrayList<>();
        private final AtomicReference<@Nullable Exception> broken = new AtomicReference<>();
        private int now;
        private long earlyBytes;

        Swapper(int now) {
            this.now = now;
        }

        @Override
        public void run() {
            try {
                Thread.sleep(2_000);
                for (int i = 0; i < plan.swaps(); i++) {
                    int next = (now + 1) % files.size();
                    long began = System.nanoTime();
                    admin.apply(files.get(next));
                    long ended = System.nanoTime();
                    swaps.add(new Swap(now, next, began, ended, (ended - began) / 1e6));
                    now = next;
                    progress.accept("swap %d of %d".formatted(i + 1, plan.swaps()));
                    long left = (long) (plan.every() * 1e9) - (System.nanoTime() - began);
                    Thread.sleep(Math.max(0, left / 1_000_000));
                    if (i + 1 == EARLY) {
                        earlyBytes = side.residentBytes();
                    }
                }
            } catch (IOException | MinerException e) {
                broken.set(e);
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
            }
        }

        void failIfBroken() throws MinerException {
            Exception failure = broken.get();
            if (failure != null) {
                throw new MinerException("a swap failed: " + failure.getMessage(), "");
            }
        }
    }
}
