package dev.kiln.adapter.onnx;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import ai.onnxruntime.OrtException;
import dev.kiln.core.model.ModelFault;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;

/// Copies bytes between the host's memory and a device's.
///
/// It is a session on that device, of one node that changes nothing, whose two ends lie where the bytes are and are to
/// be: that every library can do. `CopyTensors` of newer ones copies only for providers that were registered with the
/// environment, and CUDA is added to sessions.
///
/// **Threads:** any number at once.
final class DeviceCopy implements AutoCloseable {
    private final Arena arena = Arena.ofShared();
    private final OrtTable table;
    private final OpenSession session;
    private final OrtTable.Call call;

    private DeviceCopy(OrtTable table, OpenSession session) throws ReflectiveOperationException {
        this.table = table;
        this.session = session;
        MemorySegment address = OrtTable.address(session.session());
        this.call = OrtTable.Call.of(address, List.of("from"), "to", arena);
    }

    /// @param device `cpu`, or `cuda:0` and the like
    /// @throws ModelFault if the device cannot be had
    static DeviceCopy open(OrtTable table, String device) throws ModelFault {
        OpenSession session = Sessions.open(graph(), device);
        try {
            session.endProfile();
            return new DeviceCopy(table, session);
        } catch (ReflectiveOperationException e) {
            session.close();
            throw new ModelFault("ONNX Runtime's C interface cannot be used: " + e.getMessage(), e);
        }
    }

    /// Copies all bytes, and returns once they are there.
    ///
    /// @param source the memory that `from` is of
    /// @param target the memory that `to` is of, as many bytes
    void copy(MemorySegment from, OrtMemory source, MemorySegment to, OrtMemory target)
            throws OrtException {
        try (Arena scratch = Arena.ofConfined()) {
            MemorySegment shape = scratch.allocateFrom(JAVA_LONG, from.byteSize());
            MemorySegment values = scratch.allocate(ADDRESS, 2);
            try {
                source.wrap(from, shape, OrtTable.UINT8, values.asSlice(0, ADDRESS));
                target.wrap(to, shape, OrtTable.UINT8, values.asSlice(ADDRESS.byteSize(), ADDRESS));
                table.run(call, values);
            } finally {
                table.releaseValues(values);
            }
        }
    }

    private static OnnxGraph graph() {
        var node = new ProtoMessage().text(1, "from").text(2, "to").text(4, "Identity");
        var body =
                new ProtoMessage()
                        .message(1, node)
                        .text(2, "copy")
                        .message(11, bytes("from"))
                        .message(12, bytes("to"));
        return GraphFile.of(body);
    }

    private static ProtoMessage bytes(String name) {
        var shape = new ProtoMessage().message(1, new ProtoMessage().text(2, "n"));
        var tensor = new ProtoMessage().number(1, OrtTable.UINT8).message(2, shape);
        return new ProtoMessage().text(1, name).message(2, new ProtoMessage().message(1, tensor));
    }

    @Override
    public void close() {
        session.close();
        arena.close();
    }
}
