package dev.kiln.adapter.onnx;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.Map;

/// An ONNX file, and the files beside it that may hold its weights. All are needed only while a session is opened.
///
/// @param file its bytes, a direct buffer
/// @param beside other files' bytes, native memory, by the name that the graph has for them. It gets these and no
///     others, whatever it asks for
public record OnnxGraph(ByteBuffer file, Map<String, MemorySegment> beside) {
    public OnnxGraph {
        beside = Map.copyOf(beside);
    }

    /// One that holds all its weights itself.
    public static OnnxGraph alone(ByteBuffer file) {
        return new OnnxGraph(file, Map.of());
    }
}
