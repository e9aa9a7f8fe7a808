package dev.kiln.adapter.onnx;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.kiln.core.model.ModelFault;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.NoSuchElementException;

/// Runs batches through ONNX Runtime's C interface: no objects for tensors and results, and memory from the session's
/// own allocator for the host.
///
/// **Threads:** any number at once.
final class NativeRun implements EmbedRun {
    private final Arena arena = Arena.ofShared();
    private final OrtTable table;
    private final List<String> inputs;
    private final OrtTable.Call call;
    private final int dimension;
    private final OrtMemory host;

    private NativeRun(OrtTable table, MemorySegment session, EmbedGraph graph, String device)
            throws OrtException {
        this.table = table;
        this.dimension = graph.dimension();
        this.inputs = List.copyOf(graph.inputs());
        this.call = OrtTable.Call.of(session, inputs, graph.output(), arena);
        this.host = OrtMemory.host(table, session, device);
    }

    /// Binds a session's functions.
    ///
    /// @param device where the session computes
    /// @throws ModelFault where this library does not offer what is needed
    static NativeRun open(OrtSession session, EmbedGraph graph, String device) throws ModelFault {
        try {
            return new NativeRun(OrtTable.load(), OrtTable.address(session), graph, device);
        } catch (OrtException | ReflectiveOperationException | NoSuchElementException e) {
            throw new ModelFault("ONNX Runtime's C interface cannot be used: " + e.getMessage(), e);
        }
    }

    @Override
    public MemorySegment allocate(Arena owner, long bytes) throws OrtException {
        return host.allocate(owner, bytes).fill((byte) 0);
    }

    @Override
    public void run(Laid batch) throws OrtException {
        int count = inputs.size();
        try (Arena scratch = Arena.ofConfined()) {
            MemorySegment shape =
                    scratch.allocateFrom(JAVA_LONG, batch.items(), batch.tokens(), dimension);
            MemorySegment values = scratch.allocate(ADDRESS, count + 1L);
            try {
                for (int i = 0; i < count; i++) {
                    MemorySegment data = batch.input(inputs.get(i));
                    host.wrap(
                            data,
                            shape.asSlice(0, 2 * JAVA_LONG.byteSize()),
                            OrtTable.INT64,
                            at(values, i));
                }
                host.wrap(batch.vectors(), shape, OrtTable.FLOAT, at(values, count));
                table.run(call, values);
            } finally {
                table.releaseValues(values);
            }
        }
    }

    private static MemorySegment at(MemorySegment values, int index) {
        return values.asSlice(index * ADDRESS.byteSize(), ADDRESS);
    }

    @Override
    public void close() {
        host.close();
        arena.close();
    }
}
