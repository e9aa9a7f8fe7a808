package dev.kiln.adapter.onnx;

import dev.kiln.adapter.kind.Pooling;
import dev.kiln.adapter.text.TextTokenizer;
import dev.kiln.core.BatchPolicy;
import dev.kiln.core.model.ModelFault;
import dev.kiln.core.model.ModelInput;
import dev.kiln.core.model.Prepared;
import dev.kiln.core.model.UnfitInput;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// The denominator of every comparison: the embedded MiniLM, or a model of the same shape, on one thread with nothing around it. Texts are tokenised,
/// put into batches by the rule that lanes use, and run, all on this one thread.
///
/// Arguments: a file with one text a line, seconds to measure (a fifth of that is run before to warm up), items and
/// padded tokens of a batch, share of padding allowed, and how many texts wait at a time (the callers of the served
/// side); then, for another model than the embedded one, its folder and the dimension of its vectors. Prints `key=value` lines; times are microseconds per text;
/// `cpu_us` is processor time, which other load on the machine disturbs least.
public final class RawLoop {
    private final OnnxEmbedder model;
    private final List<String> texts;
    private final BatchPolicy policy;
    private final int waitingTexts;
    private final List<Prepared> waiting = new ArrayList<>();
    private int nextText;

    private long items;
    private long batches;
    private long tokens;
    private long paddedTokens;
    private long tokeniseNanos;
    private long chooseNanos;
    private long runNanos;
    private long cpuNanos;

    private RawLoop(OnnxEmbedder model, List<String> texts, BatchPolicy policy, int waitingTexts) {
        this.model = model;
        this.texts = texts;
        this.policy = policy;
        this.waitingTexts = waitingTexts;
    }

    public static void main(String[] args) throws IOException, ModelFault, UnfitInput {
        if (args.length != 6 && args.length != 8) {
            System.err.println(
                    "usage: RawLoop TEXTS-FILE SECONDS MAX-ITEMS MAX-COST MAX-PADDING WAITING-TEXTS [FOLDER DIMENSION]");
            System.exit(2);
        }
        run(args, System.out);
    }

    static void run(String[] args, PrintStream out) throws IOException, ModelFault, UnfitInput {
        List<String> texts = Files.readAllLines(Path.of(args[0]));
        if (texts.isEmpty()) {
            throw new IOException(args[0] + " holds no texts");
        }
        double seconds = Double.parseDouble(args[1]);
        var policy =
                new BatchPolicy(
                        Integer.parseInt(args[2]),
                        Long.parseLong(args[3]),
                        Double.parseDouble(args[4]),
                        Duration.ZERO);
        try (var model = model(args)) {
            new RawLoop(model, texts, policy, Integer.parseInt(args[5])).measure(seconds, out);
        }
    }

    private static OnnxEmbedder model(String[] args) throws IOException, ModelFault {
        if (args.length == 6) {
            return model(
                    resource("all-minilm-l6-v2.onnx"),
                    resource("all-minilm-l6-v2-tokenizer.json"),
                    384);
        }
        Path folder = Path.of(args[6]);
        return model(
                Files.readAllBytes(folder.resolve("model.onnx")),
                Files.readAllBytes(folder.resolve("tokenizer.json")),
                Integer.parseInt(args[7]));
    }

    private static OnnxEmbedder model(byte[] bytes, byte[] tokens, int dimension)
            throws IOException, ModelFault {
        var tokenizer = TextTokenizer.open(tokens, 128);
        var spec =
                new EmbedderSpec(
                        "raw", "0".repeat(64), dimension, Pooling.MEAN, "cpu", 1, List.of());
        try (var arena = Arena.ofConfined()) {
            var onHeap = MemorySegment.ofArray(bytes);
            var graph = arena.allocate(onHeap.byteSize(), 64).copyFrom(onHeap);
            return OnnxEmbedder.open(graph.asByteBuffer(), tokenizer, spec);
        }
    }

    private static byte[] resource(String name) throws IOException {
        try (InputStream in = RawLoop.class.getResourceAsStream("/" + name)) {
            if (in == null) {
                throw new IOException(name + " is not on the class path");
            }
            return in.readAllBytes();
        }
    }

    private void measure(double seconds, PrintStream out) throws ModelFault, UnfitInput {
        long warm = System.nanoTime();
        while (System.nanoTime() - warm < seconds * 0.2e9) {
            step();
        }
        items = batches = tokens = paddedTokens = tokeniseNanos = chooseNanos = runNanos = 0;
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        long cpuStart = threads.getCurrentThreadCpuTime();
        long start = System.nanoTime();
        long now = start;
        while (now - start < seconds * 1e9) {
            step();
            now = System.nanoTime();
        }
        cpuNanos = threads.getCurrentThreadCpuTime() - cpuStart;
        print(now - start, out);
    }

    private void step() throws ModelFault, UnfitInput {
        long start = System.nanoTime();
        while (waiting.size() < waitingTexts) {
            waiting.add(model.prepare(new ModelInput.Text(texts.get(nextText))));
            nextText = (nextText + 1) % texts.size();
        }
        long tokenised = System.nanoTime();
        List<Prepared> batch = takeBatch();
        long chosen = System.nanoTime();
        model.run(batch);
        long ran = System.nanoTime();
        tokeniseNanos += tokenised - start;
        chooseNanos += chosen - tokenised;
        runNanos += ran - chosen;
    }

    private List<Prepared> takeBatch() {
        int[] costs = waiting.stream().mapToInt(Prepared::cost).toArray();
        int[] chosen = policy.choose(costs);
        List<Prepared> batch = new ArrayList<>(chosen.length);
        int longest = 0;
        for (int index : chosen) {
            batch.add(waiting.get(index));
            tokens += costs[index];
            longest = Math.max(longest, costs[index]);
        }
        for (int i = chosen.length - 1; i >= 0; i--) {
            waiting.remove(chosen[i]);
        }
        items += chosen.length;
        batches++;
        paddedTokens += (long) longest * chosen.length;
        return batch;
    }

    private void print(long nanos, PrintStream out) {
        double seconds = nanos / 1e9;
        print(out, "seconds", seconds);
        print(out, "items", (double) items);
        print(out, "items_per_s", items / seconds);
        print(out, "tokens_per_s", tokens / seconds);
        print(out, "items_per_batch", (double) items / batches);
        print(out, "padding_share", 1 - (double) tokens / paddedTokens);
        print(out, "tokenise_us", tokeniseNanos / 1e3 / items);
        print(out, "choose_us", chooseNanos / 1e3 / items);
        print(out, "run_us", runNanos / 1e3 / items);
        print(out, "cpu_us", cpuNanos / 1e3 / items);
    }

    private static void print(PrintStream out, String key, double value) {
        out.printf(Locale.ROOT, "%s=%.6g%n", key, value);
    }
}
