package dev.kiln.core;

import dev.kiln.core.LaneQueue.Batch;
import dev.kiln.core.Place.Job;
import dev.kiln.core.model.ModelOutput;
import dev.kiln.core.model.Prepared;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.function.Consumer;

/// Several lanes of one device in virtual time: runs beyond what it computes side by side slow each other down equally.
final class DeviceSimulation {
    /// A call of one item that comes to a lane at a moment.
    record Ask(int lane, Caller caller, long atTick, Duration patience) {}

    /// What became of one.
    record Outcome(Ask ask, Optional<Refusal> refusal, long endTick) {
        boolean answered() {
            return refusal.isEmpty();
        }

        long waited() {
            return endTick - ask.atTick();
        }
    }

    private record Cost(int cost) implements Prepared {}

    private record Inside(Ask ask, Ticket ticket) {}

    private final class Site {
        final ServiceCurve curve = new ServiceCurve();
        final LaneQueue queue;
        final int loops;

        /// Nanoseconds of one item's run; each more in a batch adds half.
        final double one;

        int running;

        Site(LaneSettings settings, double one) {
            this.queue = new LaneQueue(settings, curve, device, time);
            this.loops = settings.loops();
            this.one = one;
            for (int loop = 0; loop < loops; loop++) {
                queue.ready();
            }
            for (int items = 1; items <= 8; items++) {
                curve.learn(items, items, (long) takes(items));
            }
        }

        double takes(int items) {
            return one * (1 + (items - 1) / 2.0);
        }
    }

    private static final class Run {
        final Site site;
        final Batch batch;
        final double takes;
        double left;

        Run(Site site, Batch batch, double takes) {
            this.site = site;
            this.batch = batch;
            this.takes = takes;
            this.left = takes;
        }
    }

    final ManualTime time = new ManualTime();

    /// Every outcome once; may call [#ask].
    Consumer<Outcome> told = _ -> {};

    /// The lane whose runs never end; none.
    int hung = -1;

    /// Nanoseconds of the device that each caller was given.
    final Map<Caller, Double> given = new HashMap<>();

    /// Nanoseconds that the device computed.
    double computed;

    final Usage usage = new Usage();

    private final DeviceTime device;
    private final int sideBySide;
    private final List<Site> sites = new ArrayList<>();
    private final List<Run> runs = new ArrayList<>();
    private final List<Inside> inside = new ArrayList<>();
    private final PriorityQueue<Ask> coming =
            new PriorityQueue<>(Comparator.comparingLong(Ask::atTick));

    /// Only named by tickets that nobody awaits.
    private final Lane lane =
            Lane.start(new GatedAdapter(0), new LaneSettings(Simulation.POLICY, 1, 1), Time.SYSTEM);

    DeviceSimulation(Sharing.Policy policy, int sideBySide) {
        this.device = new DeviceTime(new Sharing(policy, 0.5, 0.1, usage), sideBySide);
        this.sideBySide = sideBySide;
    }

    /// A lane more.
    ///
    /// @return its number
    int lane(int loops, Duration one) {
        var policy = new BatchPolicy(8, 1_000, 1, Duration.ZERO);
        sites.add(new Site(new LaneSettings(policy, loops, 1_000_000), one.toNanos()));
        return sites.size() - 1;
    }

    void ask(Ask ask) {
        coming.add(ask);
    }

    void run(long untilTick) {
        while (true) {
            double ends = Double.POSITIVE_INFINITY;
            for (Run run : runs) {
                ends = Math.min(ends, run.left / rate());
            }
            double arrival = coming.isEmpty() ? untilTick : coming.peek().atTick();
            // A held loop looks again now and then.
            double next = Math.min(Math.min(arrival, time.tick() + ends), time.tick() + 10e6);
            if (next >= untilTick) {
                break;
            }
            pass(Math.max(1, (long) Math.ceil(next) - time.tick()));
            List<Run> ended = runs.stream().filter(run -> run.left <= 0.5).toList();
            runs.removeAll(ended);
            ended.forEach(this::ended);
            while (!coming.isEmpty() && coming.peek().atTick() <= time.tick()) {
                arrived(coming.remove());
            }
            while (begin()) {
                // One batch for each loop that is free and does not hold.
            }
            settle();
        }
    }

    /// Nanoseconds of the device that a caller was given.
    double given(Caller caller) {
        return given.getOrDefault(caller, 0.0);
    }

    void close() {
        lane.close();
    }

    private double rate() {
        return Math.min(1, (double) sideBySide / Math.max(1, runs.size()));
    }

    private void pass(long nanos) {
        double rate = rate();
        for (Run run : runs) {
            run.left -= hung >= 0 && run.site == sites.get(hung) ? 0 : nanos * rate;
            computed += nanos * rate;
        }
        time.set(time.tick() + nanos);
    }

    private void arrived(Ask ask) {
        Deadline deadline = Deadline.after(time.tick(), ask.patience());
        var terms = new Terms(ask.caller(), deadline);
        Ticket ticket = new Ticket(lane, deadline, 1);
        try {
            sites.get(ask.lane()).queue.offer(ticket, terms, List.<Prepared>of(new Cost(1)));
            inside.add(new Inside(ask, ticket));
        } catch (Refused no) {
            told.accept(new Outcome(ask, Optional.of(no.reason()), time.tick()));
        }
    }

    private boolean begin() {
        for (Site site : sites) {
            Optional<Batch> batch =
                    site.running < site.loops ? site.queue.poll() : Optional.empty();
            if (batch.isPresent()) {
                site.running++;
                runs.add(new Run(site, batch.get(), site.takes(batch.get().jobs().size())));
                return true;
            }
        }
        return false;
    }

    private void ended(Run run) {
        run.site.running--;
        long took = time.tick() - run.batch.takenTick();
        int size = run.batch.jobs().size();
        run.site.curve.learn(size, size, took);
        for (Job job : run.batch.jobs()) {
            given.merge(job.place().terms.caller(), run.takes / size, Double::sum);
            var output = new ModelOutput.Embedding(new float[1], 1, false);
            job.ticket().complete(job.index(), output, size, Stages.NONE);
        }
        run.site.queue.ran(run.batch, took, (long) run.takes, true);
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
