package dev.kiln.adapter.catalog;

import dev.kiln.adapter.kind.Sample;
import dev.kiln.core.model.ModelAdapter;
import java.util.List;
import java.util.OptionalLong;

/// A model that was loaded to be looked at: nothing is proved yet.
///
/// @param adapter closed together with this
/// @param samples the golden ones
/// @param precisionTolerance how far numbers of its precision may be off where nothing more is known
/// @param batchTolerance how far a number may move with the company in a batch
/// @param statedMemoryBytes what the manifest says it takes
public record Inspection(
        ModelAdapter adapter,
        List<Sample> samples,
        double precisionTolerance,
        double batchTolerance,
        OptionalLong statedMemoryBytes)
        implements AutoCloseable {
    public Inspection {
        samples = List.copyOf(samples);
    }

    @Override
    public void close() {
        adapter.close();
    }
}
