package dev.kiln.adapter.onnx;

import dev.kiln.adapter.kind.Pooling;
import dev.kiln.adapter.kind.Sample;
import java.util.List;

/// What an [OnnxEmbedder] has to know about its model beside the graph itself.
///
/// @param name the name it is served under
/// @param sha256 of the graph file, 64 lower-case hex digits
/// @param dimension length of the vectors
/// @param pooling how token vectors become one
/// @param device where it is to compute: `cpu`, or `cuda:0` and the like
/// @param engineThreads how many threads will call `run` at once, at least 1
/// @param golden what proves the device; without it the device stays unproved
public record EmbedderSpec(
        String name,
        String sha256,
        int dimension,
        Pooling pooling,
        String device,
        int engineThreads,
        List<Sample> golden) {
    public EmbedderSpec {
        golden = List.copyOf(golden);
        if (dimension < 1) {
            throw new IllegalArgumentException("dimension must be at least 1, was " + dimension);
        }
        if (engineThreads < 1) {
            throw new IllegalArgumentException(
                    "engineThreads must be at least 1, was " + engineThreads);
        }
    }
}
