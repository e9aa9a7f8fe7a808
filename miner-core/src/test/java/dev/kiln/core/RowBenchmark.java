package dev.kiln.core;

import static java.io.OutputStream.nullOutputStream;

import dev.kiln.core.LaneQueue.Batch;
import dev.kiln.core.Place.Job;
import dev.kiln.core.model.ModelOutput;
import dev.kiln.core.model.Prepared;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/// What it costs to let one call in and to take one batch while many wait, in microseconds, the median: the scheduler
/// alone, no engine and no second thread. Rows are kept at their length; callers, lengths and, by a little, deadlines
/// are mixed.
public final class RowBenchmark {
    private static final int[] ROWS = {64, 512, 4_096};
    private static final int[] CALLERS = {1, 10, 200};
    private static final BatchPolicy POLICY = new BatchPolicy(32, 4_096, 0.2, Duration.ZERO);
    private static final long PATIENCE_NANOS = 20_000_000_000L;
    private static final long JITTER_NANOS = 2_000_000;

    private record Cost(int cost) implements Prepared {}

    private final ManualTime time = new ManualTime();
    private final ServiceCurve curve = new ServiceCurve();
    private final LaneQueue queue;
    private final Lane lane;
    private final List<Caller> callers = new ArrayList<>();
    private final Random random = new Random(1);
    private final Samples offers = new Samples();
    private final Samples takes = new Samples();
    private long refused;

    /// The latest of what was timed; its median is hardly moved by what else the machine does.
    private static final class Samples {
        private final long[] nanos = new long[1 << 16];
        private int count;

        void add(long took) {
            nanos[count++ & (nanos.length - 1)] = took;
        }

        double medianMicros() {
            long[] sorted = Arrays.copyOf(nanos, Math.clamp(count, 1, nanos.length));
            Arrays.sort(sorted);
            return sorted[sorted.length / 2] / 1e3;
        }
    }

    private RowBenchmark(int count) {
        Sharing sharing = new Sharing(Sharing.Policy.FLOOR, 0.5, 0.1, new Usage());
        queue =
                new LaneQueue(
                        new LaneSettings(POLICY, 1, 1_000_000_000, Duration.ofSeconds(60)),
                        curve,
                        new DeviceTime(sharing, 1),
                        time);
        lane = Lane.start(new GatedAdapter(0), new LaneSettings(POLICY, 1, 1), time);
        for (int i = 0; i < count; i++) {
            byte[] id = new byte[Hotkey.LENGTH];
            id[0] = (byte) i;
            callers.add(
                    new Caller.Neuron(new Hotkey(id, "5Caller" + i), 1 + i, Roster.Sees.MINIMAL));
        }
        for (int items = 1; items <= POLICY.maxItems(); items *= 2) {
            for (int cost = 8; cost <= 256; cost *= 2) {
                curve.learn(items, (long) items * cost, truth(items, (long) items * cost));
            }
        }
    }

    /// 100 us for a run, 5 us for an item, 0.1 us for a unit of padded cost.
    private static long truth(int items, long padded) {
        return 100_000 + 5_000L * items + 100 * padded;
    }

    /// Measures all pairs.
    ///
    /// @param args seconds for each figure, 1 if absent
    public static void main(String... args) {
        double seconds = args.length > 0 ? Double.parseDouble(args[0]) : 1;
        PrintStream out = System.out;
        for (int row : ROWS) {
            // Warm-up: the same code for all.
            for (int count : CALLERS) {
                new RowBenchmark(count)
                        .measure(row, seconds / 2, new PrintStream(nullOutputStream()));
            }
        }
        out.println("waiting  callers  admit us  take us (of <= 32)  refused");
        for (int row : ROWS) {
            for (int count : CALLERS) {
                new RowBenchmark(count).measure(row, seconds, out);
            }
        }
    }

    private void measure(int row, double seconds, PrintStream out) {
        slice(row, seconds);
        offers.count = 0;
        takes.count = 0;
        refused = 0;
        slice(row, seconds);
        lane.close();
        out.printf(
                Locale.ROOT,
                "%7d  %7d  %8.2f  %18.2f  %6.1f%%%n",
                row,
                callers.size(),
                offers.medianMicros(),
                takes.medianMicros(),
                100.0 * refused / Math.max(1, offers.count));
    }

    private void slice(int row, double seconds) {
        long until = System.nanoTime() + (long) (seconds * 1e9);
        while (System.nanoTime() < until) {
            for (int tries = 0; queue.size() < row && tries < 2 * row; tries++) {
                offer();
            }
            take();
        }
    }

    private void offer() {
        // Some ask much, many little.
        int index = (int) (callers.size() * Math.pow(random.nextDouble(), 2));
        long due = time.tick() + PATIENCE_NANOS - random.nextLong(JITTER_NANOS);
        Terms terms = new Terms(callers.get(index), new Deadline(due));
        List<Prepared> items = List.of(new Cost(8 + random.nextInt(120)));
        Ticket ticket = new Ticket(lane, terms.deadline(), 1);
        long began = System.nanoTime();
        try {
            queue.offer(ticket, terms, items);
        } catch (Refused _) {
            refused++;
        }
        offers.add(System.nanoTime() - began);
    }

    private void take() {
        long began = System.nanoTime();
        Batch batch = queue.poll().orElseThrow();
        takes.add(System.nanoTime() - began);
        int size = batch.jobs().size();
        long largest = 0;
        for (Job job : batch.jobs()) {
            largest = Math.max(largest, job.item().cost());
            var output = new ModelOutput.Embedding(new float[1], 1, false);
            job.ticket().complete(job.index(), output, size, Stages.NONE);
        }
        long took = truth(size, size * largest);
        time.set(time.tick() + took);
        queue.ran(batch, took, took, true);
    }
}
