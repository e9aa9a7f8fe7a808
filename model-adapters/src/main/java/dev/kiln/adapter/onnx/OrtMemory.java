package dev.kiln.adapter.onnx;

import ai.onnxruntime.OrtException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// Memory of one kind from a session's own allocator.
///
/// **Threads:** any number at once.
@SuppressWarnings("restricted") // what the C interface hands out has no size of its own
final class OrtMemory implements AutoCloseable {
    private static final MemorySegment CPU = Arena.global().allocateFrom("Cpu");
    private static final MemorySegment PINNED = Arena.global().allocateFrom("CudaPinned");
    private static final MemorySegment CUDA = Arena.global().allocateFrom("Cuda");

    // enum OrtMemType
    private static final int CPU_OUTPUT = -1;
    private static final int DEFAULT = 0;

    private final OrtTable table;
    private final MemorySegment info;
    private final MemorySegment allocator;

    private OrtMemory(OrtTable table, MemorySegment info, MemorySegment allocator) {
        this.table = table;
        this.info = info;
        this.allocator = allocator;
    }

    /// The host's, which for a GPU is pinned, so that the device copies it without the processor.
    ///
    /// @param device where the session computes
    static OrtMemory host(OrtTable table, MemorySegment session, String device)
            throws OrtException {
        boolean gpu = device.startsWith("cuda");
        int type = gpu ? CPU_OUTPUT : DEFAULT;
        return of(table, session, table.memoryInfo(gpu ? PINNED : CPU, index(device), type));
    }

    /// The device's own. Only the device reads and writes it, unless it is the processor.
    static OrtMemory device(OrtTable table, MemorySegment session, String device)
            throws OrtException {
        boolean gpu = device.startsWith("cuda");
        return of(table, session, table.memoryInfo(gpu ? CUDA : CPU, index(device), DEFAULT));
    }

    private static int index(String device) {
        int colon = device.indexOf(':');
        return colon < 0 ? 0 : Integer.parseInt(device.substring(colon + 1));
    }

    private static OrtMemory of(OrtTable table, MemorySegment session, MemorySegment info)
            throws OrtException {
        try {
            return new OrtMemory(table, info, table.allocator(session, info));
        } catch (OrtException e) {
            table.releaseInfo(info);
            throw e;
        }
    }

    /// Memory that is freed with its owner. What lies in it at first is not known.
    MemorySegment allocate(Arena owner, long bytes) throws OrtException {
        MemorySegment found = table.alloc(allocator, bytes);
        return found.reinterpret(bytes, owner, memory -> table.free(allocator, memory));
    }

    /// A tensor of memory that was allocated here; to be released.
    ///
    /// @param out where its address goes
    void wrap(MemorySegment data, MemorySegment shape, int type, MemorySegment out)
            throws OrtException {
        table.wrap(info, data, shape, type, out);
    }

    /// To be called once the owners of all that was allocated here are closed.
    @Override
    public void close() {
        table.releaseAllocator(allocator);
        table.releaseInfo(info);
    }
}
