package dev.kiln.adapter.probe;

import dev.kiln.adapter.catalog.ModelLoadException;
import dev.kiln.adapter.catalog.ModelSettings;
import dev.kiln.adapter.catalog.Models;
import dev.kiln.adapter.kind.Golden;
import dev.kiln.adapter.onnx.GoldenProduct;
import dev.kiln.adapter.onnx.Transfers;
import dev.kiln.core.model.ModelAdapter;
import dev.kiln.core.model.ModelFault;
import dev.kiln.core.model.ModelInput;
import dev.kiln.core.model.ModelOutput;
import dev.kiln.core.model.Prepared;
import dev.kiln.core.model.Purpose;
import dev.kiln.core.model.UnfitInput;
import dev.kiln.natives.DeviceWish;
import dev.kiln.natives.GpuFacts;
import dev.kiln.natives.NativeHeap;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/// Measures one model on one device for `native-config/gpu-check`: proof, conformance, engine alone with one and two
/// threads, loading again and again, what a want of memory costs, and how much of the copying is hidden. Prints one JSON object a line.
///
/// Arguments: device, cache folder, seconds for each timing, a model's source. Exit codes: 0 all right, 1 something came
/// out wrong, 2 wrong arguments.
public final class GpuCheckMain {
    static final int BATCH = 32;
    private static final int CYCLES = 20;
    private static final int FIRST_CYCLES = 4;
    private static final int LARGEST_BATCH = 1 << 16;
    private static final Duration GPU_AT_MOST = Duration.ofSeconds(30);

    /// How far outputs of one device may be from those of another, and a batch from its items alone.
    static final double TOLERANCE = 2e-3;

    private final Section.Writer out;
    private final ModelSettings settings;
    private final Path cache;
    private final double seconds;
    private boolean wrong;

    private GpuCheckMain(PrintStream out, ModelSettings settings, Path cache, double seconds) {
        this.out = new Section.Writer(out);
        this.settings = settings;
        this.cache = cache;
        this.seconds = seconds;
    }

    public static void main(String[] args) throws Exception {
        System.exit(run(args, System.out));
    }

    static int run(String[] args, PrintStream out) throws Exception {
        if (args.length != 4 || DeviceWish.parse(args[0]).isEmpty()) {
            out.println("usage: GpuCheckMain DEVICE CACHE-FOLDER SECONDS SOURCE");
            return 2;
        }
        var settings =
                new ModelSettings("check", args[3], ModelSettings.DEFAULT_MAX_TOKENS, args[0], 2);
        NativeHeap.settle();
        var check = new GpuCheckMain(out, settings, Path.of(args[1]), Double.parseDouble(args[2]));
        check.devices();
        try {
            check.product();
            check.model();
        } catch (ModelFault | ModelLoadException | UnfitInput e) {
            check.wrong = true;
            check.out.write(new Section("failed").with("why", String.valueOf(e.getMessage())));
        }
        return check.wrong ? 1 : 0;
    }

    private void devices() throws InterruptedException {
        Optional<Integer> index =
                DeviceWish.parse(settings.device())
                        .filter(DeviceWish::insistsOnGpu)
                        .map(DeviceWish::index);
        GpuFacts facts = GpuFacts.find(GpuFacts.Look.here(index, GPU_AT_MOST));
        var section = new Section("devices").with("requested", settings.device());
        section.with("gpus", String.join("; ", facts.gpus()));
        section.with("libraries", String.join("; ", facts.libraries()));
        section.with(
                "troubles",
                String.join("; ", facts.troubles().stream().map(GpuFacts.Trouble::fact).toList()));
        out.write(section);
    }

    private void product() throws ModelFault {
        var wish = DeviceWish.parse(settings.device()).orElseThrow();
        var product = GoldenProduct.compute(wish.insistsOnGpu() ? wish.gpu() : "cpu");
        out.write(
                new Section("product")
                        .with("on", product.placement().device())
                        .with("micros", product.micros()));
    }

    private void model() throws ModelLoadException, ModelFault, UnfitInput, InterruptedException {
        long beganTick = System.nanoTime();
        try (ModelAdapter model = Models.openHere(settings, cache)) {
            var device = model.info().device();
            out.write(
                    new Section("model")
                            .with("source", settings.source())
                            .with("engine", model.info().engine())
                            .with("active", device.active())
                            .with("proved", device.proved())
                            .with("nodes_percent", device.percent())
                            .with("load_ms", (System.nanoTime() - beganTick) / 1_000_000));
            conform(model);
            List<Prepared> batch = batch(model, BATCH);
            EngineTiming one = EngineTiming.measure(model, batch, 1, seconds);
            EngineTiming two = EngineTiming.measure(model, batch, 2, seconds);
            out.write(work(one.section("engine, one thread"), model, batch));
            out.write(
                    work(two.section("engine, two threads"), model, batch)
                            .with("over_one_thread", two.itemsPerSecond() / one.itemsPerSecond()));
            lane("lane, one thread", 1, model, one);
            lane("lane, two threads", 2, model, two);
            if (device.onGpu()) {
                lackMemory(Models.openHere(settings, cache), inputs(model, 1).getFirst());
            }
        }
        cycles();
        transfers();
    }

    /// What each run is given, so that other loops can be given the same.
    private static Section work(Section section, ModelAdapter model, List<Prepared> batch) {
        boolean text = model.info().purpose() instanceof Purpose.TextEmbedding;
        return section.with("items_per_batch", batch.size())
                .with(text ? "tokens_per_item" : "cost_per_item", batch.getFirst().cost());
    }

    /// The same batches through a lane as the server has it, beside the bare engine: G1 without its network, G2 and G3
    /// as the host sees them.
    private void lane(String name, int loops, ModelAdapter model, EngineTiming engine)
            throws ModelLoadException, ModelFault, UnfitInput, InterruptedException {
        ModelAdapter own = Models.openHere(settings, cache);
        LaneTiming lane = LaneTiming.measure(own, inputs(model, BATCH), loops, seconds);
        out.write(
                work(lane.section(name), model, batch(model, BATCH))
                        .with("over_engine", lane.itemsPerSecond() / engine.itemsPerSecond()));
    }

    /// A batch must give what its items give alone, in their order, and what the processor gives.
    private void conform(ModelAdapter model) throws ModelLoadException, ModelFault, UnfitInput {
        List<ModelInput> inputs = Trials.of(model.info().purpose(), List.of());
        double batched = 0;
        double across = 0;
        List<ModelOutput> together = run(model, inputs);
        try (ModelAdapter reference = Models.openHere(settings.on("cpu"), cache)) {
            for (int i = 0; i < inputs.size(); i++) {
                List<ModelInput> alone = List.of(inputs.get(i));
                batched =
                        Math.max(
                                batched,
                                Golden.distance(run(model, alone).getFirst(), together.get(i)));
                across =
                        Math.max(
                                across,
                                Golden.distance(run(reference, alone).getFirst(), together.get(i)));
            }
        }
        boolean holds = batched <= TOLERANCE && across <= TOLERANCE;
        wrong |= !holds;
        out.write(
                new Section("conformance")
                        .with("batched_against_alone", batched)
                        .with("against_cpu", across)
                        .with("tolerance", TOLERANCE)
                        .with("holds", holds ? "yes" : "no"));
    }

    private static List<ModelOutput> run(ModelAdapter model, List<ModelInput> inputs)
            throws ModelFault, UnfitInput {
        List<Prepared> batch = new ArrayList<>();
        for (ModelInput input : inputs) {
            batch.add(model.prepare(input));
        }
        return model.run(batch);
    }

    /// Items of one size, so that a batch has no padding.
    static List<ModelInput> inputs(ModelAdapter model, int size) throws UnfitInput {
        return Collections.nCopies(size, Trials.forTiming(model));
    }

    static List<Prepared> batch(ModelAdapter model, int size) throws UnfitInput {
        List<Prepared> batch = new ArrayList<>(size);
        for (ModelInput input : inputs(model, size)) {
            batch.add(model.prepare(input));
        }
        return batch;
    }

    /// @param model closed afterwards
    private void lackMemory(ModelAdapter model, ModelInput input)
            throws ModelFault, InterruptedException {
        MemoryTrial trial = MemoryTrial.measure(model, input, LARGEST_BATCH);
        wrong |= !trial.right();
        out.write(trial.section(LARGEST_BATCH));
    }

    /// How much of the copying is hidden (G8). The last of all: it reaches into the device's memory as nothing else does.
    private void transfers() throws InterruptedException {
        String name = "transfers";
        try (ModelAdapter model = Models.openHere(settings, cache)) {
            List<Prepared> batch = batch(model, BATCH);
            Optional<Transfers> opened = Transfers.of(model, batch);
            if (opened.isEmpty()) {
                out.write(
                        new Section(name)
                                .with("absent", "only embedders on ONNX Runtime are measured"));
                return;
            }
            try (Transfers transfers = opened.get()) {
                var timing = TransferTiming.measure(transfers, seconds);
                out.write(
                        work(timing.section(name, model.info().device().onGpu()), model, batch)
                                .with("pooled_in_graph", transfers.pooled() ? "yes" : "no"));
            }
        } catch (ModelLoadException | ModelFault | UnfitInput | RuntimeException e) {
            wrong = true;
            out.write(new Section(name).with("failed", String.valueOf(e.getMessage())));
        }
    }

    /// What stays behind when a model is loaded and closed again and again (G9).
    ///
    /// The C library's heap is trimmed when a model is gone, as the server does it. Java's garbage is collected first: how
    /// much of its heap a process has touched between two collections says nothing of models.
    private void cycles() throws ModelLoadException, InterruptedException {
        List<Long> mib = new ArrayList<>();
        for (int i = 0; i < CYCLES; i++) {
            Models.openHere(settings, cache).close();
            System.gc();
            NativeHeap.giveBack();
            mib.add(Section.gpuMib(settings.device()).orElse(ProcessMemory.residentMb()));
        }
        String of = Section.gpuMib(settings.device()).isPresent() ? "gpu" : "process";
        out.write(
                new Section("cycles")
                        .with("loads", CYCLES)
                        .with("of", of)
                        .with("mib_after_first", mib.getFirst())
                        .with("mib_after_fourth", mib.get(FIRST_CYCLES - 1))
                        .with("mib_after_last", mib.getLast())
                        .with("ratio", ratio(mib.getLast(), mib.getFirst()))
                        .with("over_fourth", ratio(mib.getLast(), mib.get(FIRST_CYCLES - 1))));
    }

    private static double ratio(long last, long first) {
        return first <= 0 ? 0 : (double) last / first;
    }
}
