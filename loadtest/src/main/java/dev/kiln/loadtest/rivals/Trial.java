package dev.kiln.loadtest.rivals;

import dev.kiln.loadtest.bench.Turns;
import dev.kiln.loadtest.miner.MinerException;
import dev.kiln.loadtest.traffic.Arrival;
import dev.kiln.loadtest.traffic.ClosedLoop;
import dev.kiln.loadtest.traffic.Credentials;
import dev.kiln.loadtest.traffic.Latencies;
import dev.kiln.loadtest.traffic.OpenLoop;
import dev.kiln.loadtest.traffic.Question;
import dev.kiln.loadtest.traffic.Transport;
import dev.kiln.loadtest.traffic.Validator;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;

/// One system that runs, warmed up and measured three ways. Answers are kept and judged after the clock has stopped.
///
/// **Threads:** confined to one.
final class Trial {
    /// An answer later than this after its intended moment is worth nothing.
    static final Duration DEADLINE = Duration.ofSeconds(2);

    /// Of its own peak.
    static final double SHARE = 0.7;

    /// Of its own peak.
    static final double OVERLOAD = 2;

    /// Times as many callers as usual, to see whether more to choose from makes it faster.
    static final int DEEPER = 6;

    /// Longer than the deadline, so that a queue that only grows has grown past it.
    static final double RUN_IN_SECONDS = 3;

    /// At a rate before anything of it counts: another rhythm is when much is compiled anew.
    static final double SETTLING_SECONDS = 5;

    /// Such stretches, for a system that still compiles.
    static final int MOST_SETTLING = 6;

    /// Open at once at most, for every system alike.
    static final int CONNECTIONS = 1000;

    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Duration SETTLE_STEP = Duration.ofMillis(20);

    private final Vertx vertx;
    private final Stand stand;
    private final List<Credentials> callers;
    private final Jury jury;
    private final RivalBench.Plan plan;

    Trial(Vertx vertx, Stand stand, List<Credentials> callers, Jury jury, RivalBench.Plan plan) {
        this.vertx = vertx;
        this.stand = stand;
        this.callers = List.copyOf(callers);
        this.jury = jury;
        this.plan = plan;
    }

    /// Asks until it answers.
    ///
    /// @throws MinerException if it does not in time
    void awaitAnswer(Question question, Duration longest)
            throws MinerException, InterruptedException {
        long end = System.nanoTime() + longest.toNanos();
        String last = "nothing";
        while (System.nanoTime() < end) {
            if (stand instanceof PythonStand python) {
                python.spoke();
            }
            try (var transport = new Transport(vertx, stand.url(), 1, PATIENCE)) {
                Arrival arrival = validators(transport).getFirst().askOnce(question);
                if (arrival.end() instanceof Arrival.Came(var received)) {
                    if (received.status() == 200) {
                        return;
                    }
                    last = "HTTP %d".formatted(received.status());
                }
            }
            Thread.sleep(200);
        }
        throw new MinerException(
                "it did not answer within %d s, and said %s last"
                        .formatted(longest.toSeconds(), last),
                stand.tail());
    }

    /// Asks in windows of a second until [SteadyRate] is reached.
    ///
    /// @return how long it took, in seconds
    double warmUp(List<Question> questions) throws InterruptedException {
        long start = System.nanoTime();
        var steady = new SteadyRate(plan.mostWarmUp());
        try (var transport = new Transport(vertx, stand.url(), plan.callers(), PATIENCE)) {
            var loop = new ClosedLoop(validators(transport), plan.callers(), _ -> {});
            while (!steady.reached()) {
                long before = stand.compilingNanos();
                ClosedLoop.Pace pace =
                        loop.run(new Turns(questions, callers.size()), Duration.ofSeconds(1));
                double compiled = (stand.compilingNanos() - before) / 1e9;
                steady.add(pace.rate(), compiled / pace.seconds());
            }
        }
        return (System.nanoTime() - start) / 1e9;
    }

    /// As many as go.
    Result.Peak peak(List<Question> questions) throws InterruptedException {
        return peak(questions, plan.seconds());
    }

    /// The same for this long.
    Result.Peak peak(List<Question> questions, double seconds) throws InterruptedException {
        return closed(questions, plan.callers(), seconds);
    }

    /// As many as go with so many in flight, each asked anew at once whatever became of the last.
    Result.Peak closed(List<Question> questions, int inFlight, double seconds)
            throws InterruptedException {
        return pressed(questions, inFlight, seconds).peak();
    }

    /// The same, and what came.
    Pressed pressed(List<Question> questions, int inFlight, double seconds)
            throws InterruptedException {
        var arrivals = new ConcurrentLinkedQueue<Arrival>();
        try (var transport = new Transport(vertx, stand.url(), inFlight, PATIENCE)) {
            long cpu = ownCpuNanos();
            ClosedLoop.Pace pace =
                    new ClosedLoop(validators(transport), inFlight, arrivals::add)
                            .run(new Turns(questions, callers.size()), length(seconds));
            double share = (ownCpuNanos() - cpu) / 1e9 / pace.seconds();
            return Pressed.of(arrivals, jury, pace, share);
        }
    }

    /// What it can do: what [#peak] showed, or what it does with [#DEEPER] times as many callers if that is more, since
    /// who batches does more with more to choose from.
    Result.Peak capacity(List<Question> questions, Result.Peak usual) throws InterruptedException {
        Result.Peak deep = closed(questions, DEEPER * plan.callers(), plan.seconds());
        return deep.perSecond() > usual.perSecond() ? deep : usual;
    }

    /// Lets it get used to a rate: asks in stretches until it compiles hardly anything in one, or has had
    /// [#MOST_SETTLING]; no longer than the plan has a warm-up last.
    ///
    /// @param patience after which a caller hangs up
    void settle(List<Question> questions, double rate, Duration patience)
            throws InterruptedException {
        double seconds = Math.min(SETTLING_SECONDS, plan.mostWarmUp());
        double most = Math.min(MOST_SETTLING * seconds, plan.mostWarmUp());
        double share = 1;
        for (double asked = 0; asked < most && share > SteadyRate.HARDLY; asked += seconds) {
            long before = stand.compilingNanos();
            asked(questions, rate, seconds, patience);
            share = (stand.compilingNanos() - before) / 1e9 / seconds;
        }
    }

    /// At a rate that it can keep up with, once it is used to it.
    Result.Steady steady(List<Question> questions, double rate) throws InterruptedException {
        settle(questions, rate, PATIENCE);
        var arrivals = new ConcurrentLinkedQueue<Arrival>();
        Latencies lateness = timetable(questions, rate, plan.seconds(), PATIENCE, arrivals);
        var latencies = new Latencies();
        for (Arrival arrival : arrivals) {
            if (isGood(arrival)) {
                latencies.record(arrival.correctedNanos());
            }
        }
        return new Result.Steady(
                rate,
                arrivals.size(),
                latencies.count(),
                latencies.millisAt(50),
                latencies.millisAt(99),
                lateness.millisAt(99));
    }

    /// At this rate for so long.
    ///
    /// @param patience after which a caller hangs up
    Collection<Arrival> asked(
            List<Question> questions, double rate, double seconds, Duration patience)
            throws InterruptedException {
        var arrivals = new ConcurrentLinkedQueue<Arrival>();
        timetable(questions, rate, seconds, patience, arrivals);
        return arrivals;
    }

    /// At a rate that nobody can keep up with, which it had better be used to; callers hang up at the deadline.
    Result.Overload overload(List<Question> questions, double rate) throws InterruptedException {
        return overloaded(questions, rate).overload();
    }

    /// The same, and how much work came in time.
    Overloaded overloaded(List<Question> questions, double rate) throws InterruptedException {
        var arrivals = new ConcurrentLinkedQueue<Arrival>();
        double seconds = RUN_IN_SECONDS + plan.seconds();
        Latencies lateness = timetable(questions, rate, seconds, DEADLINE, arrivals);
        var asked = new Overloaded.Asked(rate, RUN_IN_SECONDS, plan.seconds());
        return Overloaded.of(arrivals, jury, asked, lateness);
    }

    /// Sends on a timetable and waits until everything came to an end.
    ///
    /// @return how late the generator was
    private Latencies timetable(
            List<Question> questions,
            double rate,
            double seconds,
            Duration patience,
            Collection<Arrival> arrivals)
            throws InterruptedException {
        var ended = new AtomicLong();
        try (var transport = new Transport(vertx, stand.url(), CONNECTIONS, patience)) {
            var loop =
                    new OpenLoop(
                            validators(transport),
                            arrival -> {
                                arrivals.add(arrival);
                                ended.incrementAndGet();
                            });
            loop.run(new Turns(questions, callers.size(), rate, seconds, plan.seed()));
            long end = System.nanoTime() + 2 * patience.toNanos();
            while (ended.get() < loop.sent() && System.nanoTime() < end) {
                Thread.sleep(SETTLE_STEP);
            }
            return loop.lateness();
        }
    }

    private boolean isGood(Arrival arrival) {
        return jury.look(arrival) == Jury.Outcome.RIGHT;
    }

    private List<Validator> validators(Transport transport) {
        List<Validator> all = new ArrayList<>(callers.size());
        callers.forEach(each -> all.add(new Validator("caller", each, transport)));
        return all;
    }

    private static Duration length(double seconds) {
        return Duration.ofNanos(Math.round(seconds * 1e9));
    }

    private static long ownCpuNanos() {
        return ProcessHandle.current().info().totalCpuDuration().map(Duration::toNanos).orElse(0L);
    }
}
