package dev.kiln.server.http;

import io.vertx.core.buffer.Buffer;
import java.util.Arrays;

/// Collects a body's bytes. Grows with what really arrives, never with what was declared. Confined to the event loop.
final class Body {
    private static final byte[] EMPTY = {};

    private byte[] bytes = EMPTY;
    private int size;

    void add(Buffer chunk, long declared) {
        int length = chunk.length();
        if (size == 0) {
            // The usual case: everything in one chunk, copied once into an array of just that size.
            bytes = new byte[room(length, declared)];
        } else if (size + length > bytes.length) {
            bytes = Arrays.copyOf(bytes, room(size + length, declared));
        }
        chunk.getBytes(0, length, bytes, size);
        size += length;
    }

    /// Twice what is there, but no more than was declared, so that the last array is the body itself.
    private static int room(int needed, long declared) {
        return (int) Math.max(needed, declared < 0 ? 2L * needed : Math.min(2L * needed, declared));
    }

    int size() {
        return size;
    }

    /// Everything collected; the body must not be used after.
    byte[] take() {
        byte[] all = size == bytes.length ? bytes : Arrays.copyOf(bytes, size);
        bytes = EMPTY;
        return all;
    }
}
