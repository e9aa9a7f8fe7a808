package dev.kiln.adapter.onnx;

import ai.onnxruntime.OrtException;
import dev.kiln.adapter.text.Tokens;
import dev.kiln.core.model.ModelAdapter;
import dev.kiln.core.model.ModelFault;
import dev.kiln.core.model.Prepared;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What copying between host and device costs one batch of an embedder's, for the GPU check: the batch from and to the
/// host's memory, as lanes run it, the same batch with all that it reads and writes on the device, and the copies alone.
/// For the processor its own memory stands for a device's.
///
/// **Threads:** one, but for each [Batch], which is of one thread of its own.
public final class Transfers implements AutoCloseable {
    private static final double TOLERANCE = 1e-3;
    private static final int COPIES = 20;

    private final NativeRun run;
    private final EmbedGraph graph;
    private final List<Tokens> texts;
    private final DeviceCopy copier;
    private final Arena arena = Arena.ofShared();
    private final List<BatchMemory> memories = new ArrayList<>();

    /// One batch in memory of its own, to be run again and again.
    public interface Batch {
        void run() throws ModelFault;
    }

    private interface Work<T> {
        T go() throws OrtException;
    }

    private Transfers(NativeRun run, EmbedGraph graph, List<Tokens> texts, DeviceCopy copier) {
        this.run = run;
        this.graph = graph;
        this.texts = texts;
        this.copier = copier;
    }

    /// Opens what a batch is timed with.
    ///
    /// @param model to be closed later than this
    /// @param batch prepared by it
    /// @return empty if the model is no embedder of this engine's
    /// @throws ModelFault also if the vectors are others when all lies on the device
    public static Optional<Transfers> of(ModelAdapter model, List<Prepared> batch)
            throws ModelFault {
        return model instanceof OnnxEmbedder embedder
                ? Optional.of(embedder.transfers(batch))
                : Optional.empty();
    }

    static Transfers open(OpenSession session, EmbedGraph graph, List<Tokens> texts)
            throws ModelFault {
        NativeRun run = NativeRun.open(session.session(), graph, session.device());
        boolean opened = false;
        try {
            var transfers = new Transfers(run, graph, texts, run.copier());
            opened = true;
            return transfers.proved();
        } finally {
            if (!opened) {
                run.close();
            }
        }
    }

    private Transfers proved() throws ModelFault {
        boolean same = false;
        try {
            EmbedRun.Laid host = laid();
            EmbedRun.Laid own = onDevice(host);
            run(host, run.host());
            float[] expected = host.vectors().toArray(ValueLayout.JAVA_FLOAT);
            run(own, run.own());
            guarded(() -> copied(own.vectors(), run.own(), host.vectors(), run.host()));
            float[] found = host.vectors().toArray(ValueLayout.JAVA_FLOAT);
            for (int i = 0; i < found.length; i++) {
                if (!(Math.abs(found[i] - expected[i]) <= TOLERANCE)) {
                    throw new ModelFault(
                            "number %d is %s from the device's memory and %s from the host's"
                                    .formatted(i, found[i], expected[i]));
                }
            }
            same = true;
            return this;
        } finally {
            if (!same) {
                close();
            }
        }
    }

    /// Whether the graph gives one vector for each text.
    public boolean pooled() {
        return graph.pooled();
    }

    /// The batch in the host's memory.
    public Batch inHost() throws ModelFault {
        EmbedRun.Laid laid = laid();
        return () -> run(laid, run.host());
    }

    /// The batch, its vectors too, in the device's memory: nothing is copied.
    public Batch onDevice() throws ModelFault {
        EmbedRun.Laid own = onDevice(laid());
        return () -> run(own, run.own());
    }

    /// How long the copies of one batch take with nothing beside them: its ids and mask there, its vectors back. Copies
    /// from the device to itself are taken off, so that only the way between the two remains.
    ///
    /// @return nanoseconds, not above 0 where that cannot be told from the rest
    public double copyNanos() throws ModelFault {
        EmbedRun.Laid host = laid();
        EmbedRun.Laid own = onDevice(host);
        EmbedRun.Laid other = onDevice(host);
        return guarded(() -> {
            long between = 0;
            long within = 0;
            for (int i = -1; i < COPIES; i++) {
                long beganTick = System.nanoTime();
                copied(host.ids(), run.host(), own.ids(), run.own());
                copied(host.mask(), run.host(), own.mask(), run.own());
                copied(own.vectors(), run.own(), host.vectors(), run.host());
                long halfTick = System.nanoTime();
                copied(other.ids(), run.own(), own.ids(), run.own());
                copied(other.mask(), run.own(), own.mask(), run.own());
                copied(own.vectors(), run.own(), other.vectors(), run.own());
                long endTick = System.nanoTime();
                between += i < 0 ? 0 : halfTick - beganTick;
                within += i < 0 ? 0 : endTick - halfTick;
            }
            return (double) (between - within) / COPIES;
        });
    }

    private EmbedRun.Laid laid() throws ModelFault {
        var memory = new BatchMemory(run, graph);
        memories.add(memory);
        return guarded(() -> memory.lay(texts));
    }

    private EmbedRun.Laid onDevice(EmbedRun.Laid host) throws ModelFault {
        return guarded(() ->
                new EmbedRun.Laid(
                        host.items(),
                        host.tokens(),
                        onDevice(host.ids()),
                        onDevice(host.mask()),
                        onDevice(host.vectors())));
    }

    private MemorySegment onDevice(MemorySegment host) throws OrtException {
        MemorySegment own = run.own().allocate(arena, host.byteSize());
        return copied(host, run.host(), own, run.own());
    }

    private MemorySegment copied(
            MemorySegment from, OrtMemory source, MemorySegment to, OrtMemory target)
            throws OrtException {
        copier.copy(from, source, to, target);
        return to;
    }

    private void run(EmbedRun.Laid laid, OrtMemory memory) throws ModelFault {
        guarded(() -> {
            run.run(laid, memory);
            return laid;
        });
    }

    private static <T> T guarded(Work<T> work) throws ModelFault {
        try {
            return work.go();
        } catch (OrtException e) {
            throw new ModelFault("ONNX Runtime failed: " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        memories.forEach(BatchMemory::close);
        arena.close();
        copier.close();
        run.close();
    }
}
