package dev.kiln.adapter.onnx;

import ai.onnxruntime.OrtException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// How an embedder's batches reach ONNX Runtime: it reads and writes them where they lie. The token types, where the
/// graph takes them, it brings itself.
///
/// **Threads:** any number at once.
interface EmbedRun extends AutoCloseable {
    /// A batch that is laid out.
    ///
    /// @param ids,mask an int64 `[items, tokens]` each
    /// @param vectors float32 of the graph's output, to be written
    record Laid(
            int items, int tokens, MemorySegment ids, MemorySegment mask, MemorySegment vectors) {}

    /// Zeros, where the device reaches them best; freed with the arena.
    MemorySegment allocate(Arena arena, long bytes) throws OrtException;

    /// Computes the vectors.
    void run(Laid batch) throws OrtException;

    /// To be called once every arena it allocated in is closed, before the session is.
    @Override
    void close();
}
