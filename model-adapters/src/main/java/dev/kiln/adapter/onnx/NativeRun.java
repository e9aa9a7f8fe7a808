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

/// Runs batches through ONNX Runtime's C interface: no objects for tensors and results, memory from the session's own
/// allocator for the host, and token types that lie on the device once and for all.
///
/// **Threads:** any number at once.
final class NativeRun implements EmbedRun {
    private static final System.Logger LOG = System.getLogger(NativeRun.class.getName());

    private final Arena arena = Arena.ofShared();
    private final OrtTable table;
    private final EmbedGraph graph;
    private final String device;
    private final List<String> inputs;
    private final OrtTable.Call call;
    private final OrtMemory host;
    private final OrtMemory own;
    private final Types types;

    /// @param memory which the zeros are of
    private record Types(Zeros zeros, OrtMemory memory) {}

    private NativeRun(OrtTable table, MemorySegment session, EmbedGraph graph, String device)
            throws OrtException {
        this.table = table;
        this.graph = graph;
        this.device = device;
        this.inputs = List.copyOf(graph.inputs());
        this.call = OrtTable.Call.of(session, inputs, graph.output(), arena);
        this.host = OrtMemory.host(table, session, device);
        this.own = OrtMemory.device(table, session, device);
        this.types = types();
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

    /// The host's, copied with each batch, only where none can be put on the device.
    private Types types() {
        if (inputs.contains(EmbedGraph.TYPES)) {
            var zeros = new Zeros(this::zerosOnDevice);
            try {
                zeros.of(Long.BYTES);
                return new Types(zeros, own);
            } catch (OrtException e) {
                zeros.close();
                LOG.log(
                        System.Logger.Level.WARNING,
                        "token types are copied with each batch: " + e.getMessage());
            }
        }
        return new Types(new Zeros(this::allocate), host);
    }

    private MemorySegment zerosOnDevice(Arena owner, long bytes) throws OrtException {
        MemorySegment zeros = own.allocate(owner, bytes);
        try (Arena scratch = Arena.ofShared();
                var copy = copier()) {
            copy.copy(allocate(scratch, bytes), host, zeros, own);
            return zeros;
        } catch (ModelFault e) {
            throw new OrtException("zeros cannot be put on " + device + ": " + e.getMessage());
        }
    }

    /// Of bytes of [#host] and [#own].
    DeviceCopy copier() throws ModelFault {
        return DeviceCopy.open(table, device);
    }

    /// The host's memory, as lanes use it.
    OrtMemory host() {
        return host;
    }

    /// The device's memory.
    OrtMemory own() {
        return own;
    }

    @Override
    public MemorySegment allocate(Arena owner, long bytes) throws OrtException {
        return host.allocate(owner, bytes).fill((byte) 0);
    }

    @Override
    public void run(Laid batch) throws OrtException {
        run(batch, host);
    }

    /// Runs a batch that lies in one of the two memories.
    void run(Laid batch, OrtMemory memory) throws OrtException {
        int count = inputs.size();
        int vectors = graph.vectors(batch.tokens());
        try (Arena scratch = Arena.ofConfined()) {
            MemorySegment taken = scratch.allocateFrom(JAVA_LONG, batch.items(), batch.tokens());
            MemorySegment given =
                    scratch.allocateFrom(JAVA_LONG, batch.items(), vectors, graph.dimension());
            MemorySegment values = scratch.allocate(ADDRESS, count + 1L);
            try {
                for (int i = 0; i < count; i++) {
                    MemorySegment out = at(values, i);
                    switch (inputs.get(i)) {
                        case "input_ids" -> memory.wrap(batch.ids(), taken, OrtTable.INT64, out);
                        case "attention_mask" ->
                                memory.wrap(batch.mask(), taken, OrtTable.INT64, out);
                        default -> wrapTypes(batch.ids().byteSize(), taken, out);
                    }
                }
                memory.wrap(batch.vectors(), given, OrtTable.FLOAT, at(values, count));
                table.run(call, values);
            } finally {
                table.releaseValues(values);
            }
        }
    }

    private void wrapTypes(long bytes, MemorySegment shape, MemorySegment out) throws OrtException {
        types.memory().wrap(types.zeros().of(bytes), shape, OrtTable.INT64, out);
    }

    private static MemorySegment at(MemorySegment values, int index) {
        return values.asSlice(index * ADDRESS.byteSize(), ADDRESS);
    }

    @Override
    public void close() {
        types.zeros().close();
        own.close();
        host.close();
        arena.close();
    }
}
