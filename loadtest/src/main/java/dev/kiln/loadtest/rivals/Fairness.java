package dev.kiln.loadtest.rivals;

import dev.kiln.loadtest.bench.Median;
import dev.kiln.loadtest.bench.Turns;
import dev.kiln.loadtest.traffic.Arrival;
import dev.kiln.loadtest.traffic.ClosedLoop;
import dev.kiln.loadtest.traffic.Credentials;
import dev.kiln.loadtest.traffic.Provenance;
import dev.kiln.loadtest.traffic.Question;
import dev.kiln.loadtest.traffic.Transport;
import dev.kiln.loadtest.traffic.Validator;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;

/// C15: three validators of stakes 60, 30 and 10, under policy `stake`: what each gets while all ask for more than there
/// is, of one model or of two on one core, and how long the smallest waits while the others do and it asks for little.
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

    /// @param models that are served: of one everything is asked; of two the largest asks the one, the others the other
    void run(List<String> models, List<String> texts, Goals goals, Consumer<String> progress)
            throws InterruptedException {
        Duration length = Duration.ofNanos(Math.round(6 * plan.seconds() * 1e9));
        List<Integer> inFlight = List.of(BACKLOG, BACKLOG, BACKLOG);
        List<Question> questions = ask(texts, models.getFirst());
        if (models.size() > 1) {
            progress.accept("stakes 60/30/10, the largest asking one model, the others another");
            List<Question> others = ask(texts, models.getLast());
            var each = List.of(questions, others, others);
            shares(
                    "C15, two models",
                    asking(List.of(0, 1, 2), inFlight, each, length),
                    length,
                    goals);
            return;
        }
        progress.accept("stakes 60/30/10, all asking for more than there is");
        var same = List.of(questions, questions, questions);
        shares("C15", asking(List.of(0, 1, 2), inFlight, same, length), length, goals);
        wait(questions, length, goals, progress);
    }

    private static List<Question> ask(List<String> texts, String model) {
        return texts.stream().map(text -> Question.of(List.of(text), model)).toList();
    }

    private void wait(
            List<Question> questions, Duration length, Goals goals, Consumer<String> progress)
            throws InterruptedException {
        List<Wait> waits = new ArrayList<>();
        for (int round = 1; round <= plan.rounds(); round++) {
            progress.accept(
                    "round %d of %d: one caller alone, for its service time; then the smallest, one at a time, beside two who ask for more than there is"
                            .formatted(round, plan.rounds()));
            waits.add(round(questions, length));
            progress.accept(waits.getLast().words());
        }
        waits.sort(Comparator.comparingDouble(Wait::over));
        Wait middle = waits.get(waits.size() / 2);
        goals.most(
                "C15: p99 of %s; the median of %d rounds, %.1f to %.1f"
                        .formatted(
                                middle.words(),
                                plan.rounds(),
                                waits.getFirst().over(),
                                waits.getLast().over()),
                20,
                0,
                middle.over());
    }

    private Wait round(List<Question> questions, Duration length) throws InterruptedException {
        Duration once = length.dividedBy(3L * plan.rounds());
        List<Arrival> alone =
                List.copyOf(asking(List.of(2), List.of(1), List.of(questions), once).get(0));
        Duration longer = length.dividedBy(plan.rounds()).plus(RUN_IN);
        List<Integer> inFlight = List.of(BACKLOG, BACKLOG, 1);
        var same = List.of(questions, questions, questions);
        return Wait.of(
                runIn(asking(List.of(0, 1, 2), inFlight, same, longer).get(2)), alone(alone));
    }

    private static void shares(
            String name, List<Queue<Arrival>> all, Duration length, Goals goals) {
        List<Long> right = all.stream().map(each -> rightWithin(each, length)).toList();
        double sum = right.stream().mapToLong(Long::longValue).sum();
        double stakes = STAKES.stream().mapToLong(Long::longValue).sum();
        for (int i = 0; i < right.size(); i++) {
            double due = STAKES.get(i) / stakes;
            double got = right.get(i) / sum;
            goals.most(
                    "%s: stake of %.0f %%, got %.1f %%: off by a share of its due"
                            .formatted(name, 100 * due, 100 * got),
                    0.10,
                    0.03,
                    Math.abs(got / due - 1));
        }
    }

    /// Without those asked while the queue of the others filled and the lane learned that somebody asks for little.
    private static List<Arrival> runIn(Queue<Arrival> arrivals) {
        long start = arrivals.stream().mapToLong(Arrival::intendedTick).min().orElse(0);
        return arrivals.stream()
                .filter(each -> each.intendedTick() - start > RUN_IN.toNanos())
                .toList();
    }

    /// How long the smallest waited in one round.
    ///
    /// @param over the p99 over the mean service time
    private record Wait(double over, String words) {
        static Wait of(List<Arrival> small, Map<List<String>, Double> alone) {
            // A short text behind a long one that is being computed waits for many of its own
            // times, whatever the order.
            double[] own = times(small, alone);
            double service = service(small, alone);
            double p99 = at(waits(small), 0.99);
            return new Wait(
                    p99 / service,
                    "the smallest's %,d questions, %.0f ms, over its mean service time, %.1f ms (the slowest hundredth waited %.0f ms for a batch, which then took %.0f ms; each over its own text's: %.1f the median, %.1f the p99)"
                            .formatted(
                                    own.length,
                                    p99,
                                    service,
                                    slowest(small, "queue"),
                                    slowest(small, "batch_wait") + slowest(small, "compute"),
                                    at(own, 0.5),
                                    at(own, 0.99)));
        }
    }

    /// Lets some callers ask at once, each with so many in flight.
    ///
    /// @return what each of them got
    private List<Queue<Arrival>> asking(
            List<Integer> who,
            List<Integer> inFlight,
            List<List<Question>> questions,
            Duration length)
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
                var turns = new Turns(questions.get(i), 1);
                ends.add(
                        threads.submit(() ->
                                new ClosedLoop(List.of(validator), most, arrivals::add)
                                        .run(turns, length)));
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

    /// What each question takes a caller alone: the median, in milliseconds.
    private static Map<List<String>, Double> alone(List<Arrival> arrivals) {
        Map<List<String>, List<Double>> took = new HashMap<>();
        for (Arrival arrival : arrivals) {
            took.computeIfAbsent(arrival.send().question().texts(), _ -> new ArrayList<>())
                    .add(arrival.uncorrectedNanos() / 1e6);
        }
        Map<List<String>, Double> alone = new HashMap<>();
        took.forEach((texts, each) -> alone.put(texts, Median.of(each)));
        return alone;
    }

    private static double[] waits(List<Arrival> arrivals) {
        return arrivals.stream()
                .mapToDouble(each -> each.uncorrectedNanos() / 1e6)
                .sorted()
                .toArray();
    }

    /// What a stage took the slowest hundredth by their receipts: the mean, in milliseconds.
    private static double slowest(List<Arrival> arrivals, String stage) {
        return arrivals.stream()
                .sorted(Comparator.comparingLong(Arrival::uncorrectedNanos).reversed())
                .limit(Math.max(1, arrivals.size() / 100))
                .mapToDouble(each -> micros(each, stage) / 1e3)
                .average()
                .orElse(Double.NaN);
    }

    private static double micros(Arrival arrival, String stage) {
        return arrival.end() instanceof Arrival.Came(var received)
                        && arrival.signed().demand().check(received)
                                instanceof Provenance.Proved(Provenance.Facts facts)
                ? facts.stageMicros().getOrDefault(stage, 0L)
                : Double.NaN;
    }

    /// What these questions take a caller alone: the mean, in milliseconds.
    private static double service(List<Arrival> arrivals, Map<List<String>, Double> alone) {
        return arrivals.stream()
                .mapToDouble(each -> alone.getOrDefault(each.send().question().texts(), Double.NaN))
                .filter(Double::isFinite)
                .average()
                .orElse(Double.NaN);
    }

    /// How often each waited what its question takes alone, ascending.
    private static double[] times(List<Arrival> arrivals, Map<List<String>, Double> alone) {
        return arrivals.stream()
                .mapToDouble(each ->
                        each.uncorrectedNanos()
                                / 1e6
                                / alone.getOrDefault(each.send().question().texts(), Double.NaN))
                .filter(Double::isFinite)
                .sorted()
                .toArray();
    }

    /// @param sorted ascending
    /// @return the value that this share of them does not exceed; NaN of none
    private static double at(double[] sorted, double share) {
        return sorted.length == 0 ? Double.NaN : sorted[(int) Math.ceil(share * sorted.length) - 1];
    }
}
