package dev.kiln.adapter.pytorch;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.foreign.ValueLayout.OfInt;
import java.lang.foreign.ValueLayout.OfShort;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.zip.Inflater;
import java.util.zip.InflaterInputStream;

/// Reads the source that a TorchScript archive carries: whether a module keeps state from one run to the next.
///
/// The archive is a zip file, written in one go and mostly uncompressed; the JDK's reader wants it on the disk, and
/// what is loaded here is what was digested.
final class TorchCode {
    /// An assignment to an attribute, or an operator that changes its tensor in place.
    private static final Pattern STATE =
            Pattern.compile(
                    "(?m)^\\s*\\(?[\\w.]+\\)?\\.\\w+ = |\\b(?:torch|ops)[\\w.]*[A-Za-z0-9]_\\(");

    private static final OfInt INT =
            ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final int DIRECTORY = 0x02014b50;
    private static final int END = 0x06054b50;
    private static final int END_BYTES = 22;
    private static final int MAX_COMMENT = 0xFFFF;

    private TorchCode() {}

    /// Whether some method assigns an attribute or changes a tensor in place. A module may do either to things of its
    /// own that die with the run; then the answer errs on the safe side.
    ///
    /// @throws IOException if this is no zip file
    static boolean keepsState(MemorySegment archive) throws IOException {
        for (String source : sources(archive)) {
            if (STATE.matcher(source).find()) {
                return true;
            }
        }
        return false;
    }

    /// The text of each file of code.
    static List<String> sources(MemorySegment archive) throws IOException {
        try {
            return read(archive);
        } catch (IndexOutOfBoundsException e) {
            throw new IOException("the archive is cut off or damaged", e);
        }
    }

    private static List<String> read(MemorySegment archive) throws IOException {
        long end = end(archive);
        int entries = Short.toUnsignedInt(archive.get(SHORT, end + 10));
        long at = Integer.toUnsignedLong(archive.get(INT, end + 16));
        List<String> sources = new ArrayList<>();
        for (int entry = 0; entry < entries; entry++) {
            if (archive.get(INT, at) != DIRECTORY) {
                throw new IOException("the archive's directory is damaged");
            }
            int nameBytes = Short.toUnsignedInt(archive.get(SHORT, at + 28));
            String name = text(archive.asSlice(at + 46, nameBytes));
            if (name.endsWith(".py") && name.contains("/code/")) {
                sources.add(source(archive, at));
            }
            at +=
                    46L
                            + nameBytes
                            + Short.toUnsignedInt(archive.get(SHORT, at + 30))
                            + Short.toUnsignedInt(archive.get(SHORT, at + 32));
        }
        return sources;
    }

    private static long end(MemorySegment archive) throws IOException {
        long last = archive.byteSize() - END_BYTES;
        for (long at = last; at >= 0 && at >= last - MAX_COMMENT; at--) {
            if (archive.get(INT, at) == END) {
                return at;
            }
        }
        throw new IOException("not a zip file, which TorchScript is, or cut off");
    }

    private static String source(MemorySegment archive, long directory) throws IOException {
        int method = Short.toUnsignedInt(archive.get(SHORT, directory + 10));
        long stored = Integer.toUnsignedLong(archive.get(INT, directory + 20));
        long header = Integer.toUnsignedLong(archive.get(INT, directory + 42));
        long start =
                header
                        + 30
                        + Short.toUnsignedInt(archive.get(SHORT, header + 26))
                        + Short.toUnsignedInt(archive.get(SHORT, header + 28));
        MemorySegment content = archive.asSlice(start, stored);
        if (method == 0) {
            return text(content);
        }
        try (InputStream packed = new SegmentStream(content);
                var plain = new InflaterInputStream(packed, new Inflater(true))) {
            return new String(plain.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static String text(MemorySegment bytes) {
        return new String(bytes.toArray(ValueLayout.JAVA_BYTE), StandardCharsets.UTF_8);
    }
}
