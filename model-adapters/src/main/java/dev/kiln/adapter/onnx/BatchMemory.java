package dev.kiln.adapter.onnx;

import ai.onnxruntime.OrtException;
import dev.kiln.adapter.kind.TokenVectors;
import dev.kiln.adapter.text.Tokens;
import dev.kiln.core.model.ModelFault;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/// Native memory for one batch at a time: the padded inputs and the vectors that come out. ONNX Runtime reads and writes
/// it in place; it grows to the largest batch seen and is given back as a whole.
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
    private MemorySegment vectors = MemorySegment.NULL;
    private int capacity; // padded tokens
    private int room; // vectors

    BatchMemory(EmbedRun engine, EmbedGraph graph) {
        this.engine = engine;
        this.graph = graph;
    }

    /// Lays a batch out, runs it and makes one vector of unit length for each text of what comes out.
    List<float[]> run(List<Tokens> batch) throws OrtException, ModelFault {
        EmbedRun.Laid laid = lay(batch);
        engine.run(laid);
        return graph.pooled()
                ? TokenVectors.units(vectors, batch.size(), graph.dimension())
                : TokenVectors.pool(
                        vectors, batch, laid.tokens(), graph.dimension(), graph.pooling());
    }

    /// The batch as it lies here until the next.
    EmbedRun.Laid lay(List<Tokens> batch) throws OrtException {
        int longest = 0;
        for (Tokens item : batch) {
            longest = Math.max(longest, item.count());
        }
        int given = Math.multiplyExact(batch.size(), graph.vectors(longest));
        reserve(Math.multiplyExact(batch.size(), longest), given);
        fill(batch, longest);
        long longs = (long) batch.size() * longest * Long.BYTES;
        long floats = (long) given * graph.dimension() * Float.BYTES;
        return new EmbedRun.Laid(
                batch.size(),
                longest,
                ids.asSlice(0, longs),
                mask.asSlice(0, longs),
                vectors.asSlice(0, floats));
    }

    private void reserve(int tokens, int given) throws OrtException {
        if (tokens <= capacity && given <= room) {
            return;
        }
        int nextCapacity = Math.max(tokens, capacity);
        int nextRoom = Math.max(given, room);
        capacity = 0;
        room = 0;
        arena.close();
        arena = Arena.ofShared();
        long bytes = (long) nextCapacity * Long.BYTES;
        ids = engine.allocate(arena, bytes);
        mask = engine.allocate(arena, bytes);
        vectors = engine.allocate(arena, (long) nextRoom * graph.dimension() * Float.BYTES);
        capacity = nextCapacity;
        room = nextRoom;
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
