package dev.kiln.adapter.bench;

import com.sun.management.OperatingSystemMXBean;
import dev.kiln.adapter.catalog.ModelLoadException;
import dev.kiln.adapter.catalog.ModelSettings;
import dev.kiln.adapter.catalog.Models;
import dev.kiln.core.BatchPolicy;
import dev.kiln.core.model.ModelAdapter;
import dev.kiln.core.model.ModelFault;
import dev.kiln.core.model.Prepared;
import dev.kiln.core.model.UnfitInput;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// The denominator of every comparison: a model on one thread with nothing around it. Inputs are prepared (texts
/// tokenised, images decoded, 16-bit sound turned into samples), put into batches by the rule that lanes use, and run, all on
/// this one thread.
///
/// Arguments: the model's source as in the configuration, its cache folder, the inputs (see [RawInputs]), seconds to
/// measure (ten more, or a fifth of it, are run before to warm up, but no longer than is measured), items and cost of a batch, share of
/// padding allowed, and how many inputs are in hand at a time (the callers of the served side): those that run are not
/// there to choose from, here as there. Prints `key=value` lines; times are microseconds per input;
/// `cpu_us` is the whole process's processor time, as the served side's is told, which other load disturbs least.
public final class RawLoop {
    private final ModelAdapter model;
    private final List<RawInputs.RawInput> inputs;
    private final BatchPolicy policy;
    private final int mostWaiting;
    private final List<Prepared> waiting = new ArrayList<>();
    private int nextInput;
    private int running;

    private long items;
    private long batches;
    private long cost;
    private long paddedCost;
    private long prepareNanos;
    private long chooseNanos;
    private long runNanos;
    private long cpuNanos;

    private RawLoop(
            ModelAdapter model,
            List<RawInputs.RawInput> inputs,
            BatchPolicy policy,
            int mostWaiting) {
        this.model = model;
        this.inputs = inputs;
        this.policy = policy;
        this.mostWaiting = mostWaiting;
    }

    public static void main(String[] args)
            throws IOException, ModelFault, ModelLoadException, UnfitInput {
        if (args.length != 8) {
            System.err.println(
                    "usage: RawLoop SOURCE CACHE INPUTS SECONDS MAX-ITEMS MAX-COST MAX-PADDING WAITING");
            System.exit(2);
        }
        run(args, System.out);
    }

    static void run(String[] args, PrintStream out)
            throws IOException, ModelFault, ModelLoadException, UnfitInput {
        double seconds = Double.parseDouble(args[3]);
        var policy =
                new BatchPolicy(
                        Integer.parseInt(args[4]),
                        Long.parseLong(args[5]),
                        Double.parseDouble(args[6]),
                        Duration.ZERO);
        var settings =
                new ModelSettings("raw", args[0], ModelSettings.DEFAULT_MAX_TOKENS, "cpu", 1);
        try (ModelAdapter model = Models.openHere(settings, Path.of(args[1]))) {
            List<RawInputs.RawInput> inputs =
                    RawInputs.read(Path.of(args[2]), model.info().purpose());
            new RawLoop(model, inputs, policy, Integer.parseInt(args[7])).measure(seconds, out);
        }
    }

    private void measure(double seconds, PrintStream out) throws ModelFault, UnfitInput {
        double warmUp = Math.min(seconds, Math.max(10, seconds / 5)) * 1e9;
        long warm = System.nanoTime();
        while (System.nanoTime() - warm < warmUp) {
            step();
        }
        items = batches = cost = paddedCost = prepareNanos = chooseNanos = runNanos = 0;
        var process = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
        long cpuStart = process.getProcessCpuTime();
        long start = System.nanoTime();
        long now = start;
        while (now - start < seconds * 1e9) {
            step();
            now = System.nanoTime();
        }
        cpuNanos = process.getProcessCpuTime() - cpuStart;
        print(now - start, out);
    }

    private void step() throws ModelFault, UnfitInput {
        long start = System.nanoTime();
        // Whoever was in the last batch has only just been answered; a full batch is there in any
        // case.
        int most = Math.max(mostWaiting - running, Math.min(mostWaiting, policy.maxItems()));
        while (waiting.size() < most) {
            waiting.add(model.prepare(inputs.get(nextInput).get()));
            nextInput = (nextInput + 1) % inputs.size();
        }
        long prepared = System.nanoTime();
        List<Prepared> batch = takeBatch();
        long chosen = System.nanoTime();
        model.run(batch);
        long ran = System.nanoTime();
        prepareNanos += prepared - start;
        chooseNanos += chosen - prepared;
        runNanos += ran - chosen;
    }

    private List<Prepared> takeBatch() {
        int[] costs = waiting.stream().mapToInt(Prepared::cost).toArray();
        int[] chosen = policy.choose(costs);
        List<Prepared> batch = new ArrayList<>(chosen.length);
        int largest = 0;
        for (int index : chosen) {
            batch.add(waiting.get(index));
            cost += costs[index];
            largest = Math.max(largest, costs[index]);
        }
        for (int i = chosen.length - 1; i >= 0; i--) {
            waiting.remove(chosen[i]);
        }
        running = chosen.length;
        items += chosen.length;
        batches++;
        paddedCost += (long) largest * chosen.length;
        return batch;
    }

    private void print(long nanos, PrintStream out) {
        double seconds = nanos / 1e9;
        print(out, "seconds", seconds);
        print(out, "items", (double) items);
        print(out, "items_per_s", items / seconds);
        print(out, "cost_per_s", cost / seconds);
        print(out, "items_per_batch", (double) items / batches);
        print(out, "padding_share", 1 - (double) cost / paddedCost);
        print(out, "prepare_us", prepareNanos / 1e3 / items);
        print(out, "choose_us", chooseNanos / 1e3 / items);
        print(out, "run_us", runNanos / 1e3 / items);
        print(out, "cpu_us", cpuNanos / 1e3 / items);
    }

    private static void print(PrintStream out, String key, double value) {
        out.printf(Locale.ROOT, "%s=%.6g%n", key, value);
    }
}
