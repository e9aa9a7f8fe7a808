package dev.kiln.adapter.onnx;

import ai.onnxruntime.OrtException;
import dev.kiln.adapter.kind.TokenVectors;
import dev.kiln.adapter.text.Tokens;
import dev.kiln.core.model.ModelFault;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/// Native memory for one batch at a time: the padded inputs and the token vectors that come out. ONNX Runtime reads
/// and writes it in place; it grows to the largest batch seen and is given back as a whole.
///
/// **Threads:** one at a time.
final class BatchMemory implements AutoCloseable {
    /// Padded tokens up to which memory is kept for the next batch; a rare larger batch brings and frees its own.
    static final int KEPT_TOKENS = 4096;

    private final EmbedRun engine;
    private final EmbedGraph graph;
    private Arena arena = Arena.ofShared(); // replaced when it grows
    private MemorySegment ids = MemorySegment.NULL;
    private MemorySegment mask = MemorySegment.NULL;
    private MemorySegment types = MemorySegment.NULL;
    private MemorySegment vectors = MemorySegment.NULL;
    private int capacity; // padded tokens

    BatchMemory(EmbedRun engine, EmbedGraph graph) {
        this.engine = engine;
        this.graph = graph;
    }

    /// Lays a batch out, runs it and averages what comes out.
    List<float[]> run(List<Tokens> batch) throws OrtException, ModelFault {
        int longest = 0;
        for (Tokens item : batch) {
            longest = Math.max(longest, item.count());
        }
        reserve(Math.multiplyExact(batch.size(), longest));
        fill(batch, longest);
        long longs = (long) batch.size() * longest * Long.BYTES;
        long floats = (long) batch.size() * longest * graph.dimension() * Float.BYTES;
        engine.run(
                new EmbedRun.Laid(
                        batch.size(),
                        longest,
                        ids.asSlice(0, longs),
                        mask.asSlice(0, longs),
                        types.asSlice(0, longs),
                        vectors.asSlice(0, floats)));
        return TokenVectors.pool(vectors, batch, longest, graph.dimension(), graph.pooling());
    }

    private void reserve(int tokens) throws OrtException {
        if (tokens <= capacity) {
            return;
        }
        capacity = 0;
        arena.close();
        arena = Arena.ofShared();
        long bytes = (long) tokens * Long.BYTES;
        ids = engine.allocate(arena, bytes);
        mask = engine.allocate(arena, bytes);
        types = engine.allocate(arena, bytes);
        vectors = engine.allocate(arena, (long) tokens * graph.dimension() * Float.BYTES);
        capacity = tokens;
    }

    private void fill(List<Tokens> batch, int longest) {
        for (int row = 0; row < batch.size(); row++) {
            long[] own = batch.get(row).ids();
            for (int column = 0; column < longest; column++) {
                int at = row * longest + column;
                boolean real = column < own.length;
                ids.setAtIndex(ValueLayout.JAVA_LONG, at, real ? own[column] : 0);
                mask.setAtIndex(ValueLayout.JAVA_LONG, at, real ? 1 : 0);
            }
        }
    }

    boolean isSmallEnoughToKeep() {
        return capacity <= KEPT_TOKENS;
    }

    @Override
    public void close() {
        if (arena.scope().isAlive()) {
            arena.close();
        }
    }
}
