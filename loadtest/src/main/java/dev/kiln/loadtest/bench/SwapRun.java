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

    /// Memory is looked at from this swap on: by then every model was loaded several times.
    static final int EARLY = 20;

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
    /// @param kinds each kind of swap, from the first model to the second and so on
    /// @param between latencies of questions sent while no swap was under way
    /// @param memory resident bytes after each swap from [#EARLY] on, none where the system does not tell
    record Outcome(
            SwapBench.Plan plan,
            double rate,
            List<Alone> alone,
            List<Swap> swaps,
            List<Kind> kinds,
            Latencies between,
            SwapTally tally,
            Counts counts,
            List<Resident> memory) {}

    /// One kind of swap.
    ///
    /// @param during latencies of questions that were sent while one was under way, or half a second after
    /// @param slower p99 of the slower of its two models alone, milliseconds
    /// @param calm the same in the same minutes, between the swaps
    record Kind(String from, String to, Latencies during, double slower, double calm) {
        double ratio() {
            return during.millisAt(99) / slower;
        }
    }

    /// @param sent questions that were sent while models were swapped
    /// @param itemsRun items that engines ran in the same time
    /// @param lateP99 of the generator itself, milliseconds
    record Counts(long sent, long itemsRun, double lateP99) {}

    /// What the server's process held after a swap.
    ///
    /// @param swap counted from 1
    /// @param model that answered then; only figures of the same model compare
    record Resident(int swap, int model, long bytes) {}

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
        var between = new Latencies();
        List<Latencies> during = new ArrayList<>();
        List<Latencies> calm = new ArrayList<>();
        files.forEach(_ -> {
            during.add(new Latencies());
            calm.add(new Latencies());
        });
        for (Arrival arrival : arrivals) {
            Optional<Swap> swap =
                    swapper.swaps.stream().filter(each -> sentDuring(arrival, each)).findFirst();
            if (swap.isPresent()) {
                during.get(swap.get().from()).record(arrival.correctedNanos());
            } else {
                between.record(arrival.correctedNanos());
                calm.get(swapper.answeringAt(arrival.intendedTick()))
                        .record(arrival.correctedNanos());
            }
        }
        List<Kind> kinds = kinds(alone, during, calm);
        return new Outcome(
                plan,
                rate,
                alone,
                swapper.swaps,
                kinds,
                between,
                tally,
                new Counts(arrivals.size(), itemsRun, side.latenessP99()),
                swapper.memory);
    }

    private static List<Kind> kinds(
            List<Alone> alone, List<Latencies> during, List<Latencies> calm) {
        List<Kind> kinds = new ArrayList<>();
        for (int from = 0; from < alone.size(); from++) {
            int to = (from + 1) % alone.size();
            kinds.add(
                    new Kind(
                            alone.get(from).source(),
                            alone.get(to).source(),
                            during.get(from),
                            Math.max(alone.get(from).steadyP99(), alone.get(to).steadyP99()),
                            Math.max(calm.get(from).millisAt(99), calm.get(to).millisAt(99))));
        }
        return kinds;
    }

    /// By the moment of sending: what is told from being in hand then picks the slow ones, which are in hand longer.
    private static boolean sentDuring(Arrival arrival, Swap swap) {
        return arrival.intendedTick() >= swap.beganTick()
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
        private final List<Resident> memory = new ArrayList<>();
        private int now;

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
                    long bytes = side.residentBytes();
                    if (i + 1 >= EARLY && bytes > 0) {
                        memory.add(new Resident(i + 1, now, bytes));
                    }
                }
            } catch (IOException | MinerException e) {
                broken.set(e);
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
            }
        }

        /// The model that answered at a moment.
        int answeringAt(long tick) {
            int answering = files.size() - 1;
            for (Swap swap : swaps) {
                answering = swap.endedTick() <= tick ? swap.to() : answering;
            }
            return answering;
        }

        void failIfBroken() throws MinerException {
            Exception failure = broken.get();
            if (failure != null) {
                throw new MinerException("a swap failed: " + failure.getMessage(), "");
            }
        }
    }
}
