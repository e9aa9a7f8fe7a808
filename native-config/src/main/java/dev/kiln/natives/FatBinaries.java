package dev.kiln.natives;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.TreeSet;

/// The GPU architectures that a library carries machine code for, as the headers of its fat binaries name them.
final class FatBinaries {
    private static final ValueLayout.OfInt INT =
            ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LONG =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final int MAGIC = 0xBA55ED50;

    /// Version 1 and a header of 16 bytes, as one number.
    private static final int HEADER_WORD = 16 << 16 | 1;

    private static final int HEADER = 16;
    private static final int ENTRY = 64;
    private static final int MACHINE_CODE = 2;

    private final MemorySegment library;
    private final TreeSet<Integer> found = new TreeSet<>();

    private FatBinaries(MemorySegment library) {
        this.library = library;
    }

    /// Compute capabilities, lowest first; code that was blanked out does not count. Empty where there is none.
    static List<String> architectures(Path library) throws IOException {
        try (FileChannel file = FileChannel.open(library, StandardOpenOption.READ);
                Arena arena = Arena.ofConfined()) {
            var binaries =
                    new FatBinaries(file.map(FileChannel.MapMode.READ_ONLY, 0, file.size(), arena));
            binaries.scan();
            return binaries.found.stream().map(sm -> sm / 10 + "." + sm % 10).toList();
        }
    }

    private void scan() {
        long at = 0;
        while (at + HEADER <= library.byteSize()) {
            if (library.get(INT, at) != MAGIC || library.get(INT, at + 4) != HEADER_WORD) {
                at += 4;
                continue;
            }
            long size = library.get(LONG, at + 8);
            long end = at + HEADER + size;
            boolean whole = size >= 0 && end <= library.byteSize() && end > at;
            if (whole) {
                entries(at + HEADER, end);
            }
            at = whole ? (end + 3) / 4 * 4 : at + 4;
        }
    }

    /// Kind and version, size of the header, size of what follows it; the architecture is the 32 bits at 28.
    private void entries(long begin, long end) {
        long at = begin;
        while (at + ENTRY <= end) {
            int kind = library.get(INT, at) & 0xFFFF;
            long header = Integer.toUnsignedLong(library.get(INT, at + 4));
            long size = library.get(LONG, at + 8);
            if (header < 32 || size < 4 || size > end - at - header) {
                return;
            }
            if (kind == MACHINE_CODE && library.get(INT, at + header) != 0) {
                found.add(library.get(INT, at + 28));
            }
            at += header + size;
        }
    }
}
