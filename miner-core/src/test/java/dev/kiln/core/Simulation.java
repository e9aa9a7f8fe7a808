package dev.kiln.core;

import dev.kiln.core.LaneQueue.Batch;
import dev.kiln.core.Place.Job;
import dev.kiln.core.model.ModelOutput;
import dev.kiln.core.model.Prepared;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.function.Consumer;

/// A lane's queue in virtual time, with an engine of one loop that is a formula: no threads, and the same run for the
/// same seed.
final class Simulation {
    /// A call that comes at a moment.
    record Ask(Caller caller, long atTick, List<Integer> costs, Duration patience) {}

    /// What became of one: refused, expired, or answered at a moment.
    record Outcome(Ask ask, Optional<Refusal> refusal, long endTick) {
        boolean answered() {
            return refusal.isEmpty();
        }

        boolean late() {
            return !answered() || endTick - ask.atTick() > ask.patience().toNanos();
        }

        long waited() {
            return endTick - ask.atTick();
        }
    }

    private record Cost(int cost) implements Prepared {}

    private record Inside(Ask ask, Ticket ticket) {}

    static final BatchPolicy POLICY = new BatchPolicy(8, 1_000, 0.2, Duration.ZERO);

    final ManualTime time = new ManualTime();
    final ServiceCurve curve = new ServiceCurve();
    final LaneQueue queue;
    final Usage usage;

    /// By how much a run's time strays, as the deviation of its logarithm.
    double noise;

    /// Every outcome once; may call [#ask].
    Consumer<Outcome> told = _ -> {};

    /// When the engine was idle: from and until.
    final List<long[]> idle = new ArrayList<>();

    private final Random random;
    private final PriorityQueue<Ask> coming =
            new PriorityQueue<>(Comparator.comparingLong(Ask::atTick));
    private final List<Inside> inside = new ArrayList<>();

    /// Only named by tickets that nobody awaits.
    private final Lane lane;

    private Optional<Batch> running = Optional.empty();
    private long endTick;
    private int largest;

    Simulation(Sharing sharing, long seed) {
        this.random = new Random(seed);
        this.usage = sharing.usage();
        var settings = new LaneSettings(POLICY, 1, 1_000_000_000, Duration.ofSeconds(60), sharing);
        this.queue = new LaneQueue(settings, curve, time);
        this.lane = Lane.start(new GatedAdapter(0), new LaneSettings(POLICY, 1, 1), time);
    }

    /// 3 ms for a run, half a millisecond for an item, 50 us for a unit of padded cost.
    static double truth(int items, long padded) {
        return 3e6 + 5e5 * items + 5e4 * padded;
    }

    /// Lets the curve know the formula.
    void teach() {
        for (int items = 1; items <= POLICY.maxItems(); items *= 2) {
            for (int cost = 10; cost <= 120; cost += 10) {
                long padded = (long) items * cost;
                curve.learn(items, padded, (long) truth(items, padded));
            }
        }
    }

    void ask(Ask ask) {
        coming.add(ask);
    }

    /// Runs until this moment.
    void run(long untilTick) {
        while (true) {
            long arrival = coming.isEmpty() ? Long.MAX_VALUE : coming.peek().atTick();
            long next = Math.min(arrival, running.isPresent() ? endTick : Long.MAX_VALUE);
            if (next >= untilTick) {
                break;
            }
            time.set(Math.max(time.tick(), next));
            if (running.isPresent() && endTick == next) {
                ended(running.get());
            } else {
                arrived(coming.remove());
            }
            if (running.isEmpty()) {
                begin();
            }
        }
        time.set(untilTick);
    }

    void close() {
        lane.close();
    }

    private void arrived(Ask ask) {
        var terms = new Terms(ask.caller(), Deadline.after(time.tick(), ask.patience()));
        List<Prepared> items = new ArrayList<>();
        for (int cost : ask.costs()) {
            items.add(new Cost(cost));
        }
        Ticket ticket = new Ticket(lane, terms.deadline(), items.size());
        try {
            queue.offer(ticket, terms, items);
            inside.add(new Inside(ask, ticket));
        } catch (Refused refused) {
            told.accept(new Outcome(ask, Optional.of(refused.reason()), time.tick()));
        }
    }

    private void begin() {
        running = queue.poll();
        if (running.isPresent()) {
            List<Job> jobs = running.get().jobs();
            largest = jobs.stream().mapToInt(job -> job.item().cost()).max().orElseThrow();
            if (time.tick() > endTick) {
                idle.add(new long[] {endTick, time.tick()});
            }
            double strayed = Math.exp(noise * random.nextGaussian() - noise * noise / 2);
            double took = strayed * truth(jobs.size(), (long) jobs.size() * largest);
            endTick = time.tick() + (long) took;
        }
        settle();
    }

    private void ended(Batch batch) {
        long took = endTick - batch.takenTick();
        curve.learn(batch.jobs().size(), (long) batch.jobs().size() * largest, took);
        for (Job job : batch.jobs()) {
            var output = new ModelOutput.Embedding(new float[1], 1, false);
            job.ticket().complete(job.index(), output, batch.jobs().size(), Stages.NONE);
        }
        queue.ran(batch, took, true);
        running = Optional.empty();
        settle();
    }

    private void settle() {
        List<Outcome> outcomes = new ArrayList<>();
        inside.removeIf(one -> {
            if (one.ticket().over()) {
                Optional<Refusal> refusal =
                        one.ticket().answered()
                                ? Optional.empty()
                                : Optional.of(Refusal.RUN_EXPIRED_IN_QUEUE);
                outcomes.add(new Outcome(one.ask(), refusal, time.tick()));
            }
            return one.ticket().over();
        });
        outcomes.forEach(told);
    }
}
