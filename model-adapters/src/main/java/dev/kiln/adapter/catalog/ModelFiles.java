package dev.kiln.adapter.catalog;

import dev.kiln.adapter.onnx.OnnxGraph;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Map;

/// The verified bytes of a model, held until it is loaded. What was digested is what is loaded.
///
/// @param place where they come from, for messages
/// @param arena holds the bytes
/// @param content of each file that the manifest names
record ModelFiles(String place, Manifest manifest, Arena arena, Map<String, MemorySegment> content)
        implements AutoCloseable {
    ModelFiles {
        content = Map.copyOf(content);
    }

    /// The engine's file and all others, dead once this is closed.
    OnnxGraph graph() {
        return new OnnxGraph(segment(manifest.engine().weights()).asByteBuffer(), content);
    }

    MemorySegment segment(String name) {
        MemorySegment found = content.get(name);
        if (found == null) {
            throw new IllegalArgumentException(name + " is not pinned");
        }
        return found;
    }

    byte[] bytes(String name) {
        return segment(name).toArray(ValueLayout.JAVA_BYTE);
    }

    @Override
    public void close() {
        arena.close();
    }
}
