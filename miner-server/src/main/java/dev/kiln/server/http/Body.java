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
            bytes = declared == length ? new byte[length] : new byte[length * 2];
        } else if (size + length > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(size + length, bytes.length * 2));
        }
        chunk.getBytes(0, length, bytes, size);
        size += length;
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
