package dev.kiln.adapter.onnx;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.OptionalLong;

/// How long a library of Linux says that it is. The system's loader does not look: it maps what is missing, and the
/// process ends with the first touch of it.
final class ElfFile {
    private static final int HEADER_BYTES = 64;
    private static final int SEGMENT_BYTES = 56;
    private static final int MAGIC = 0x464c457f;

    private ElfFile() {}

    /// The bytes that the file must have at least.
    ///
    /// @return empty where the file has them, or is too strange to be judged here
    static OptionalLong missing(Path file) throws IOException {
        try (var channel = FileChannel.open(file)) {
            ByteBuffer header = read(channel, 0, HEADER_BYTES);
            if (header.remaining() < HEADER_BYTES) {
                return OptionalLong.of(HEADER_BYTES);
            }
            if (header.getInt(0) != MAGIC) {
                return OptionalLong.empty();
            }
            int count = Short.toUnsignedInt(header.getShort(56));
            ByteBuffer segments =
                    read(channel, Math.max(0, header.getLong(32)), count * SEGMENT_BYTES);
            long end = header.getLong(32) + (long) count * SEGMENT_BYTES;
            for (int at = 0; at + SEGMENT_BYTES <= segments.limit(); at += SEGMENT_BYTES) {
                end = Math.max(end, segments.getLong(at + 8) + segments.getLong(at + 32));
            }
            return end > channel.size() ? OptionalLong.of(end) : OptionalLong.empty();
        }
    }

    private static ByteBuffer read(FileChannel channel, long from, int bytes) throws IOException {
        ByteBuffer read = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
        long at = from;
        for (int got = channel.read(read, at); got > 0; got = channel.read(read, at)) {
            at += got;
        }
        return read.flip();
    }
}
