package dev.kiln.adapter.pytorch;

import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Reads a segment from its beginning to its end.
final class SegmentStream extends InputStream {
    private final MemorySegment segment;
    private long at;

    SegmentStream(MemorySegment segment) {
        this.segment = segment;
    }

    @Override
    public int read() {
        return at == segment.byteSize()
                ? -1
                : Byte.toUnsignedInt(segment.get(ValueLayout.JAVA_BYTE, at++));
    }

    @Override
    public int read(byte[] into, int offset, int length) {
        if (length == 0) {
            return 0;
        }
        int count = (int) Math.min(length, segment.byteSize() - at);
        if (count == 0) {
            return -1;
        }
        MemorySegment.copy(segment, ValueLayout.JAVA_BYTE, at, into, offset, count);
        at += count;
        return count;
    }
}
