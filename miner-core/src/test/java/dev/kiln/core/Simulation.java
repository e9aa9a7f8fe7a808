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
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/// A lane's queue in virtual time, with an engine that is a formula: no threads, and the same run for the same seed.
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

    private record Run(Batch batch, long endTick, int largest) {}

    static final BatchPolicy POLICY = new BatchPolicy(8, 1_000, 0.2, Duration.ZERO);

    final ManualTime time = new ManualTime();
    final ServiceCurve curve = new ServiceCurve();
    final LaneQueue queue;
    final Usage usage;

    /// By how much a run's time strays, as the deviation of its logarithm.
    double noise;

    /// What becomes of calls that would be late.
    Terms.WhenLate whenLate = Terms.WhenLate.REFUSE;

    /// When every call is due, where that is before its patience ends.
    Optional<Duration> due = Optional.empty();

    /// Every outcome once; may call [#ask].
    Consumer<Outcome> told = _ -> {};

    /// Every refusal on arrival; may call [#ask].
    BiConsumer<Ask, Refused> refused = (_, _) -> {};

    /// When no loop ran anything: from and until.
    final List<long[]> idle = new ArrayList<>();

    /// Items that were run.
    int items;

    /// Batches that were begun.
    int batches;

    private final Random random;
    private final PriorityQueue<Ask> coming =
            new PriorityQueue<>(Comparator.comparingLong(Ask::atTick));
    private final List<Inside> inside = new ArrayList<>();

    /// Only named by tickets that nobody awaits.
    private final Lane lane;

    private final int loops;
    private final PriorityQueue<Run> running =
            new PriorityQueue<>(Comparator.comparingLong(Run::endTick));
    private long idleSince;

    Simulation(Sharing sharing, long seed) {
        this(sharing, seed, 1);
    }

    /// @param loops engine threads, each as fast as one alone
    Simulation(Sharing sharing, long seed, int loops) {
        this(sharing, seed, loops, POLICY);
    }

    Simulation(Sharing sharing, long seed, int loops, BatchPolicy policy) {
        this(sharing, seed, loops, policy, 1_000_000_000);
    }

    /// @param maxCost what may wait
    Simulation(Sharing sharing, long seed, int loops, BatchPolicy policy, long maxCost) {
        this.loops = loops;
        this.random = new Random(seed);
        this.usage = sharing.usage();
        var settings = new LaneSettings(policy, loops, maxCost, Duration.ofSeconds(60));
        this.queue = new LaneQueue(settings, curve, new DeviceTime(sharing, loops), time);
        this.lane = Lane.start(new GatedAdapter(0), new LaneSettings(POLICY, 1, 1), time);
    }

    /// One of the roster.
    ///
    /// @param n tells it from others
    static Caller neuron(int n, double stake, double pay) {
        byte[] id = new byte[Hotkey.LENGTH];
        id[0] = (byte) n;
        return new Caller.Neuron(new Hotkey(id, "5Caller" + n), stake, pay, Roster.Sees.MINIMAL);
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
            long ends = running.isEmpty() ? Long.MAX_VALUE : running.peek().endTick();
            long next = Math.min(arrival, ends);
            if (next >= untilTick) {
                break;
            }
            time.set(Math.max(time.tick(), next));
            if (ends == next) {
                ended(running.remove());
            } else {
                arrived(coming.remove());
            }
            if (running.size() < loops) {
                while (running.size() < loops && begin()) {
                    // One batch for each loop that is free.
                }
                settle();
            }
        }
        time.set(untilTick);
    }

    /// When the smallest call of a caller would be done, in nanoseconds from now.
    double foretell(Caller caller, Duration patience) {
        var terms = new Terms(caller, Deadline.after(time.tick(), patience));
        return queue.foretell(new Ticket(lane, terms.deadline(), 1), terms);
    }

    void close() {
        lane.close();
    }

    private void arrived(Ask ask) {
        Deadline deadline = Deadline.after(time.tick(), ask.patience());
        Deadline dueThen = due.map(each -> Deadline.after(time.tick(), each)).orElse(deadline);
        var terms = new Terms(ask.caller(), dueThen, deadline, whenLate);
        List<Prepared> items = new ArrayList<>();
        for (int cost : ask.costs()) {
            items.add(new Cost(cost));
        }
        Ticket ticket = new Ticket(lane, terms.deadline(), items.size());
        try {
            queue.offer(ticket, terms, items);
            inside.add(new Inside(ask, ticket));
        } catch (Refused no) {
            refused.accept(ask, no);
            told.accept(new Outcome(ask, Optional.of(no.reason()), time.tick()));
        }
    }

    private boolean begin() {
        Optional<Batch> batch = queue.poll();
        if (batch.isEmpty()) {
            return false;
        }
        List<Job> jobs = batch.get().jobs();
        int largest = jobs.stream().mapToInt(job -> job.item().cost()).max().orElseThrow();
        if (running.isEmpty() && time.tick() > idleSince) {
            idle.add(new long[] {idleSince, time.tick()});
        }
        double strayed = Math.exp(noise * random.nextGaussian() - noise * noise / 2);
        double took = strayed * truth(jobs.size(), (long) jobs.size() * largest);
        running.add(new Run(batch.get(), time.tick() + (long) took, largest));
        items += jobs.size();
        batches++;
        return true;
    }

    private void ended(Run run) {
        Batch batch = run.batch();
        long took = run.endTick() - batch.takenTick();
        int size = batch.jobs().size();
        curve.learn(size, (long) size * run.largest(), took);
        for (Job job : batch.jobs()) {
            var output = new ModelOutput.Embedding(new float[1], 1, false);
            job.ticket().complete(job.index(), output, size, Stages.NONE);
        }
        queue.ran(batch, took, took, true);
        idleSince = run.endTick();
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
