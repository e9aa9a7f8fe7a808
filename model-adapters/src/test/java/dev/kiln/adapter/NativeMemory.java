package dev.kiln.adapter;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Optional;

/// What the process holds of its C library's memory, to the byte: resident memory would drown a small leak.
final class NativeMemory {
    /// glibc's `struct mallinfo2`: ten sizes; the first is what its heaps take, the fifth what lies in mappings of its
    /// own, the eighth what is in use of the heaps.
    private static final MemoryLayout INFO = MemoryLayout.sequenceLayout(10, ValueLayout.JAVA_LONG);

    private static final Optional<MethodHandle> MALLINFO = find();

    private NativeMemory() {}

    static boolean isKnown() {
        return MALLINFO.isPresent();
    }

    /// What is in use.
    static long bytesInUse() {
        return sum(4, 7);
    }

    /// What the C library has of the system, in use or free for what comes next.
    static long bytesHeld() {
        return sum(0, 4);
    }

    private static long sum(int one, int other) {
        try (var arena = Arena.ofConfined()) {
            var info = (MemorySegment) MALLINFO.orElseThrow().invokeExact((SegmentAllocator) arena);
            return info.getAtIndex(ValueLayout.JAVA_LONG, one)
                    + info.getAtIndex(ValueLayout.JAVA_LONG, other);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    @SuppressWarnings("restricted") // the signature is glibc's, since 2.33
    private static Optional<MethodHandle> find() {
        var linker = Linker.nativeLinker();
        var info = MemoryLayout.structLayout(INFO.withName("sizes"));
        return linker.defaultLookup()
                .find("mallinfo2")
                .map(address -> linker.downcallHandle(address, FunctionDescriptor.of(info)));
    }
}
