package dev.kiln.loadtest.bench;

import dev.kiln.loadtest.miner.Metrics;
import dev.kiln.loadtest.miner.MinerException;
import dev.kiln.loadtest.miner.OwnMiner;
import dev.kiln.loadtest.traffic.Arrival;
import dev.kiln.loadtest.traffic.ClosedLoop;
import dev.kiln.loadtest.traffic.Latencies;
import dev.kiln.loadtest.traffic.OpenLoop;
import dev.kiln.loadtest.traffic.Question;
import dev.kiln.loadtest.traffic.Timetable;
import dev.kiln.loadtest.traffic.Transport;
import dev.kiln.loadtest.traffic.Validator;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.function.BooleanSupplier;

/// One running miner whose models are swapped, asked over real HTTP.
final class SwapSide {
    private static final Duration SETTLE = Duration.ofSeconds(40);

    private final OwnMiner miner;
    private final Transport observer;
    private final List<Validator> validators;
    private final List<Question> questions;

    /// How late the generator was whenever it kept a timetable. Written by the thread that measures.
    private final List<Latencies> lateness = new ArrayList<>();

    SwapSide(
            OwnMiner miner,
            Transport observer,
            List<Validator> validators,
            List<Question> questions) {
        this.miner = miner;
        this.observer = observer;
        this.validators = List.copyOf(validators);
        this.questions = List.copyOf(questions);
    }

    /// Every question once.
    ///
    /// @param atOnce how many in flight
    Queue<Arrival> each(int atOnce) throws InterruptedException {
        var arrivals = new ConcurrentLinkedQueue<Arrival>();
        var loop = new ClosedLoop(validators, atOnce, arrivals::add);
        loop.run(sends(0, () -> false, questions.size(), 1), Duration.ofMinutes(10));
        return arrivals;
    }

    /// Questions a second with many in flight.
    double capacity(double seconds) throws InterruptedException {
        var loop = new ClosedLoop(validators, validators.size(), _ -> {});
        Duration length = Duration.ofNanos((long) (seconds * 1e9));
        return loop.run(sends(0, () -> false, Integer.MAX_VALUE, 1), length).rate();
    }

    /// Asks at a mean rate, at moments of a Poisson process, until told to stop.
    Queue<Arrival> open(double rate, long seed, BooleanSupplier over) throws InterruptedException {
        var arrivals = new ConcurrentLinkedQueue<Arrival>();
        var loop = new OpenLoop(validators, arrivals::add);
        loop.run(sends(rate, over, Integer.MAX_VALUE, seed));
        lateness.add(loop.lateness());
        long giveUp = System.nanoTime() + SETTLE.toNanos();
        while (arrivals.size() < loop.sent() && System.nanoTime() < giveUp) {
            Thread.sleep(20);
        }
        return arrivals;
    }

    /// The worst p99 of the generator's own lateness, in milliseconds.
    double latenessP99() {
        return lateness.stream().mapToDouble(each -> each.millisAt(99)).max().orElse(0);
    }

    /// Items that engines ran up to now.
    long itemsRun() throws MinerException, InterruptedException {
        try {
            byte[] page =
                    observer.get("/metrics").toCompletionStage().toCompletableFuture().get().body();
            Metrics now = Metrics.parse(new String(page, StandardCharsets.UTF_8));
            return Math.round(now.sumSince(Metrics.parse(""), "kiln_lane_items_total"));
        } catch (ExecutionException e) {
            throw new MinerException("the miner's metrics cannot be read: " + e, miner.tail());
        }
    }

    long residentBytes() {
        return miner.residentBytes().orElse(0);
    }

    /// @param rate mean questions a second; 0 for as fast as may be
    private Iterator<Timetable.Send> sends(double rate, BooleanSupplier over, int most, long seed) {
        var random = new SplittableRandom(seed);
        return new Iterator<>() {
            private long number;
            private double offset;

            @Override
            public boolean hasNext() {
                return number < most && !over.getAsBoolean();
            }

            @Override
            public Timetable.Send next() {
                if (number >= most) {
                    throw new NoSuchElementException("every question was asked");
                }
                offset += rate == 0 ? 0 : -Math.log(1 - random.nextDouble()) / rate;
                Question question = questions.get((int) (number % questions.size()));
                int caller = (int) (number % validators.size());
                return new Timetable.Send(number++, Math.round(offset * 1e9), caller, question);
            }
        };
    }
}
