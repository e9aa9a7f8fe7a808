package dev.kiln.loadtest.rivals;

import dev.kiln.loadtest.bench.Turns;
import dev.kiln.loadtest.miner.MinerException;
import dev.kiln.loadtest.traffic.Arrival;
import dev.kiln.loadtest.traffic.ClosedLoop;
import dev.kiln.loadtest.traffic.Credentials;
import dev.kiln.loadtest.traffic.Latencies;
import dev.kiln.loadtest.traffic.Question;
import dev.kiln.loadtest.traffic.Transport;
import dev.kiln.loadtest.traffic.Validator;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;

/// C15: three validators of stakes 60, 30 and 10, under policy `stake`: what each gets while all ask for more than there
/// is, and how long the smallest waits while the others do and it asks for little.
///
/// **Threads:** confined to one.
final class Fairness {
    static final List<Long> STAKES = List.of(60_000L, 30_000L, 10_000L);

    /// The policy, as the configuration has it.
    static final String POLICY =
            """
            scheduling:
              policy: stake
            """;

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int BACKLOG = 128;

    /// Before the shares are looked at: queues fill, service times are learned.
    private static final Duration RUN_IN = Duration.ofSeconds(5);

    private final Vertx vertx;
    private final KilnStand stand;
    private final List<Credentials> callers;
    private final RivalBench.Plan plan;

    /// @param callers in the order of [#STAKES]
    Fairness(Vertx vertx, KilnStand stand, List<Credentials> callers, RivalBench.Plan plan) {
        this.vertx = vertx;
        this.stand = stand;
        this.callers = List.copyOf(callers);
        this.plan = plan;
    }

    void run(List<Question> questions, Goals goals, Consumer<String> progress)
            throws MinerException, IOException, InterruptedException {
        Duration length = Duration.ofNanos(Math.round(6 * plan.seconds() * 1e9));
        progress.accept("one caller alone, for its service time");
        double alone =
                median(asking(List.of(2), List.of(1), questions, length.dividedBy(6)).get(0));
        progress.accept("stakes 60/30/10, all asking for more than there is");
        List<Queue<Arrival>> all =
                asking(List.of(0, 1, 2), List.of(BACKLOG, BACKLOG, BACKLOG), questions, length);
        List<Long> right = all.stream().map(each -> rightWithin(each, length)).toList();
        double sum = right.stream().mapToLong(Long::longValue).sum();
        double stakes = STAKES.stream().mapToLong(Long::longValue).sum();
        for (int i = 0; i < right.size(); i++) {
            double due = STAKES.get(i) / stakes;
            double got = right.get(i) / sum;
            goals.most(
                    "C15: stake of %.0f %%, got %.1f %%: off by a share of its due"
                            .formatted(100 * due, 100 * got),
                    0.10,
                    0.03,
                    Math.abs(got / due - 1));
        }
        progress.accept("the smallest asks one at a time, the others for more than there is");
        Queue<Arrival> small =
                asking(
                                List.of(0, 1, 2),
                                List.of(BACKLOG, BACKLOG, 1),
                                questions,
                                length.dividedBy(2))
                        .get(2);
        var latencies = new Latencies();
        small.forEach(arrival -> latencies.record(arrival.uncorrectedNanos()));
        goals.most(
                "C15: p99 of the smallest, %.0f ms, over its service time alone, %.1f ms"
                        .formatted(latencies.millisAt(99), alone),
                20,
                0,
                latencies.millisAt(99) / alone);
    }

    /// Lets some callers ask at once, each with so many in flight.
    ///
    /// @return what each of them got
    private List<Queue<Arrival>> asking(
            List<Integer> who, List<Integer> inFlight, List<Question> questions, Duration length)
            throws InterruptedException {
        List<Queue<Arrival>> got = new ArrayList<>();
        List<Future<?>> ends = new ArrayList<>();
        try (var transport = new Transport(vertx, stand.url(), 3 * BACKLOG, PATIENCE);
                var threads = Executors.newCachedThreadPool()) {
            for (int i = 0; i < who.size(); i++) {
                var arrivals = new ConcurrentLinkedQueue<Arrival>();
                got.add(arrivals);
                var validator = new Validator("caller", callers.get(who.get(i)), transport);
                int most = inFlight.get(i);
                ends.add(
                        threads.submit(() ->
                                new ClosedLoop(List.of(validator), most, arrivals::add)
                                        .run(new Turns(questions, 1), length)));
            }
            for (Future<?> end : ends) {
                end.get();
            }
        } catch (ExecutionException e) {
            throw new IllegalStateException("a closed loop failed", e.getCause());
        }
        return got;
    }

    private static long rightWithin(Queue<Arrival> arrivals, Duration length) {
        long start = arrivals.stream().mapToLong(Arrival::intendedTick).min().orElse(0);
        var jury = new Jury(true, Map.of());
        return arrivals.stream()
                .filter(each -> each.doneTick() - start > RUN_IN.toNanos())
                .filter(each -> each.doneTick() - start < length.toNanos())
                .filter(each -> jury.look(each) == Jury.Outcome.RIGHT)
                .count();
    }

    private static double median(Queue<Arrival> arrivals) {
        var latencies = new Latencies();
        arrivals.forEach(arrival -> latencies.record(arrival.uncorrectedNanos()));
        return latencies.millisAt(50);
    }
}
