package dev.kiln.core;

import dev.kiln.core.model.ModelAdapter;
import dev.kiln.core.model.ModelFault;
import dev.kiln.core.model.ModelInfo;
import dev.kiln.core.model.ModelInput;
import dev.kiln.core.model.ModelOutput;
import dev.kiln.core.model.Prepared;
import dev.kiln.core.model.Purpose;
import dev.kiln.core.model.Stop;
import dev.kiln.core.model.UnfitInput;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;

/// An adapter whose runs wait for a test's leave. A text's cost is its length and its embedding is `[length]`;
/// the text `fault` fails its batch, `bug` throws, and batches of more than [#memory] texts lack memory.
class GatedAdapter implements ModelAdapter {
    final Semaphore leave;
    final Semaphore running = new Semaphore(0);
    final List<List<String>> batches = new CopyOnWriteArrayList<>();
    private final boolean shareable;
    private final String sha256;
    final AtomicInteger closed = new AtomicInteger();
    final AtomicInteger proofs = new AtomicInteger();

    /// Written by the test, read by loops.
    volatile boolean broken;

    volatile int memory = Integer.MAX_VALUE;

    /// Whether its runs can be stopped. Written by the test, read by loops.
    volatile boolean stoppable;

    /// @param openRuns how many runs may pass before [#leave] is given
    GatedAdapter(int openRuns) {
        this(openRuns, true);
    }

    GatedAdapter(int openRuns, boolean shareable) {
        this(openRuns, shareable, "00");
    }

    /// @param digest two hex digits that tell it from others
    GatedAdapter(int openRuns, boolean shareable, String digest) {
        this.leave = new Semaphore(openRuns);
        this.shareable = shareable;
        this.sha256 = digest.repeat(32);
    }

    @Override
    public void prove() throws ModelFault {
        proofs.incrementAndGet();
        if (broken) {
            throw new ModelFault("the golden sample came out wrong");
        }
    }

    record Item(String text) implements Prepared {
        @Override
        public int cost() {
            return text.length();
        }
    }

    static Item item(String text) {
        return new Item(text);
    }

    @Override
    public ModelInfo info() {
        return new ModelInfo(
                "echo",
                sha256,
                "test",
                new Purpose.TextEmbedding(1),
                new ModelInfo.Device("cpu", "cpu", "cpu"));
    }

    @Override
    public Prepared prepare(ModelInput input) throws UnfitInput {
        if (closed.get() > 0) {
            throw new IllegalStateException("prepared after it was closed");
        }
        if (!(input instanceof ModelInput.Text(String text)) || text.isEmpty()) {
            throw new UnfitInput("empty");
        }
        return item(text);
    }

    @Override
    public List<ModelOutput> run(List<Prepared> batch) throws ModelFault {
        List<String> texts = new ArrayList<>();
        for (Prepared item : batch) {
            texts.add(((Item) item).text());
        }
        batches.add(List.copyOf(texts));
        running.release();
        if (stopped()) {
            throw new ModelFault("stopped");
        }
        if (texts.size() > memory) {
            throw ModelFault.outOfMemory("planted");
        }
        if (broken || texts.contains("fault")) {
            throw new ModelFault("planted");
        }
        if (texts.contains("lost")) {
            throw ModelFault.deviceLost("planted");
        }
        if (texts.contains("bug")) {
            throw new IllegalStateException("planted");
        }
        List<ModelOutput> outputs = new ArrayList<>();
        for (String text : texts) {
            outputs.add(
                    new ModelOutput.Embedding(new float[] {text.length()}, text.length(), false));
        }
        return outputs;
    }

    private boolean stopped() {
        Stop stop = stoppable ? Stop.ofThisRun() : new Stop();
        try (var _ = stop.by(leave::release)) {
            leave.acquireUninterruptibly();
        }
        return stop.told();
    }

    @Override
    public boolean shareable() {
        return shareable;
    }

    @Override
    public void close() {
        closed.incrementAndGet();
    }
}
