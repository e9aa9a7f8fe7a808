package dev.kiln.adapter.probe;

import dev.kiln.adapter.catalog.Inspection;
import dev.kiln.adapter.catalog.ModelLoadException;
import dev.kiln.adapter.catalog.Models;
import dev.kiln.adapter.kind.Golden;
import dev.kiln.adapter.kind.Sample;
import dev.kiln.core.model.ModelAdapter;
import dev.kiln.core.model.ModelFault;
import dev.kiln.core.model.ModelInput;
import dev.kiln.core.model.ModelOutput;
import dev.kiln.core.model.Prepared;
import dev.kiln.core.model.UnfitInput;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/// Looks a model's folder over and prints what it found, for [CheckReport]. Meant to run as a child process, which a
/// crashing native library may kill.
///
/// Arguments: the folder, the cache folder. Exit codes: 0 looked, whatever it found; 2 wrong arguments.
public final class CheckMain {
    private final PrintStream out;
    private final Inspection model;

    private CheckMain(PrintStream out, Inspection model) {
        this.out = out;
        this.model = model;
    }

    public static void main(String[] args) {
        System.exit(run(args, System.out));
    }

    static int run(String[] args, PrintStream out) {
        if (args.length != 2) {
            out.println("problem\tusage: CheckMain FOLDER CACHE-FOLDER");
            return 2;
        }
        long start = System.nanoTime();
        long before = ProcessMemory.residentMb();
        try (var model = Models.inspect(Path.of(args[0]), Path.of(args[1]))) {
            var check = new CheckMain(out, model);
            check.facts(start);
            check.shapes();
            check.golden();
            check.memory("peak_mb", ProcessMemory.peakMb());
            check.memory("memory_mb", before < 0 ? -1 : ProcessMemory.peakMb() - before);
        } catch (ModelLoadException e) {
            String.valueOf(e.getMessage())
                    .lines()
                    .skip(1)
                    .forEach(line -> out.println("problem\t" + line.strip()));
        }
        return 0;
    }

    private void facts(long start) {
        var info = model.adapter().info();
        out.println("fact\tengine\t" + info.engine());
        out.println("fact\tdevice\t" + info.device().active());
        out.println("fact\tsha256\t" + info.sha256());
        out.println("fact\tpurpose\t" + shortened(info.purpose().toString()));
        long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
        out.println("fact\tload_ms\t" + millis);
        out.printf(Locale.ROOT, "fact\tprecision_tolerance\t%.1e%n", model.precisionTolerance());
        out.printf(Locale.ROOT, "fact\tbatch_tolerance\t%.1e%n", model.batchTolerance());
        memory("loaded_mb", ProcessMemory.residentMb());
        model.statedMemoryBytes()
                .ifPresent(bytes -> out.println("fact\tstated_mb\t" + (bytes >> 20)));
    }

    private static String shortened(String text) {
        return text.length() <= 300 ? text : text.substring(0, 300) + " …";
    }

    private void memory(String name, long megabytes) {
        if (megabytes >= 0) {
            out.println("fact\t" + name + "\t" + megabytes);
        }
    }

    /// Runs batches of 1, 2 and 5 different inputs and compares each output with the same input's run alone.
    private void shapes() {
        List<ModelInput> inputs = Trials.of(model.adapter().info().purpose(), model.samples());
        List<ModelOutput> alone = new ArrayList<>();
        try {
            for (ModelInput input : inputs) {
                alone.add(run(List.of(input)).getFirst());
            }
            for (int n : new int[] {1, 2, Trials.MOST}) {
                List<ModelOutput> together = run(inputs.subList(0, n));
                double worst = 0;
                for (int i = 0; i < n; i++) {
                    worst = Math.max(worst, Golden.distance(alone.get(i), together.get(i)));
                }
                out.printf(Locale.ROOT, "batch\t%d\t%.3e%n", n, worst);
            }
        } catch (ModelFault | UnfitInput e) {
            out.println("problem\tbatches  " + oneLine(e));
        }
    }

    private void golden() {
        List<ModelOutput> together = List.of();
        try {
            if (!model.samples().isEmpty()) {
                together = run(model.samples().stream().map(Sample::input).toList());
            }
        } catch (ModelFault | UnfitInput e) {
            out.println("problem\tgolden samples in one batch  " + oneLine(e));
        }
        for (int i = 0; i < model.samples().size(); i++) {
            Sample sample = model.samples().get(i);
            try {
                double alone =
                        Golden.distance(sample.expected(), run(List.of(sample.input())).getFirst());
                double batched =
                        together.isEmpty()
                                ? Double.POSITIVE_INFINITY
                                : Golden.distance(sample.expected(), together.get(i));
                out.printf(
                        Locale.ROOT,
                        "golden\t%s\t%.3e\t%.3e\t%.3e%n",
                        sample.name().replace('\t', ' '),
                        alone,
                        batched,
                        sample.tolerance());
            } catch (ModelFault | UnfitInput e) {
                out.println("problem\tgolden sample " + sample.name() + "  " + oneLine(e));
            }
        }
    }

    private List<ModelOutput> run(List<ModelInput> inputs) throws ModelFault, UnfitInput {
        ModelAdapter adapter = model.adapter();
        List<Prepared> batch = new ArrayList<>(inputs.size());
        for (ModelInput input : inputs) {
            batch.add(adapter.prepare(input));
        }
        return adapter.run(batch);
    }

    private static String oneLine(Exception e) {
        return String.valueOf(e.getMessage()).replaceAll("\\s+", " ");
    }
}
