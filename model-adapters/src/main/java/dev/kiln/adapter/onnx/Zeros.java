package dev.kiln.adapter.onnx;

import ai.onnxruntime.OrtException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// Zeros for a session's token types. No batch has others, so all batches share them, and they are made once: they grow
/// to the largest batch seen. Those outgrown stay until the end, since a run may be reading them; together they are less
/// than the largest.
///
/// **Threads:** any number at once.
final class Zeros implements AutoCloseable {
    private static final long LEAST = (long) BatchMemory.KEPT_TOKENS * Long.BYTES;

    private final Arena arena = Arena.ofShared();
    private final Source source;
    private volatile MemorySegment block = MemorySegment.NULL; // written under this

    /// Where they come from.
    interface Source {
        MemorySegment zeros(Arena owner, long bytes) throws OrtException;
    }

    Zeros(Source source) {
        this.source = source;
    }

    MemorySegment of(long bytes) throws OrtException {
        MemorySegment found = block;
        return (bytes <= found.byteSize() ? found : grown(bytes)).asSlice(0, bytes);
    }

    private synchronized MemorySegment grown(long bytes) throws OrtException {
        MemorySegment grown = block;
        if (bytes > grown.byteSize()) {
            long doubled = Math.max(LEAST, 2 * grown.byteSize());
            grown = source.zeros(arena, Math.max(doubled, bytes));
            block = grown;
        }
        return grown;
    }

    /// To be called once no run reads them.
    @Override
    public void close() {
        arena.close();
    }
}
