package dev.kiln.adapter.onnx;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// An ONNX file around a graph that we wrote ourselves.
final class GraphFile {
    private static final int IR_VERSION = 10;
    private static final int OPSET = 21;

    private GraphFile() {}

    /// A model with that graph and nothing beside it.
    ///
    /// @param graph a `GraphProto`
    static OnnxGraph of(ProtoMessage graph) {
        byte[] file =
                new ProtoMessage()
                        .number(1, IR_VERSION)
                        .message(7, graph)
                        .message(8, new ProtoMessage().text(1, "").number(2, OPSET))
                        .toBytes();
        return OnnxGraph.alone(
                ByteBuffer.allocateDirect(file.length)
                        .order(ByteOrder.nativeOrder())
                        .put(file)
                        .flip());
    }
}
