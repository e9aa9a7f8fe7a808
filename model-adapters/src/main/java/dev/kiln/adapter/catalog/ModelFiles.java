package dev.kiln.adapter.catalog;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;

/// The verified bytes of a model, held until it is loaded. What was digested is what is loaded.
///
/// @param place where they come from, for messages
/// @param arena holds the bytes
record ModelFiles(
        String place,
        Manifest manifest,
        Arena arena,
        MemorySegment graphBytes,
        MemorySegment tokenizerBytes)
        implements AutoCloseable {
    /// The graph as the engine wants it: a direct buffer, dead once this is closed.
    ByteBuffer graph() {
        return graphBytes.asByteBuffer();
    }

    byte[] tokenizer() {
        return tokenizerBytes.toArray(ValueLayout.JAVA_BYTE);
    }

    @Override
    public void close() {
        arena.close();
    }
}
