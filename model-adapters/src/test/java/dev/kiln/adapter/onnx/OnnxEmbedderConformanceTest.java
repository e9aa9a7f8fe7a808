package dev.kiln.adapter.onnx;

import dev.kiln.adapter.AdapterConformance;
import dev.kiln.adapter.catalog.ModelSettings;
import dev.kiln.adapter.catalog.Models;
import dev.kiln.core.model.ModelAdapter;
import dev.kiln.core.model.ModelInput;
import dev.kiln.core.model.ModelOutput;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

class OnnxEmbedderConformanceTest extends AdapterConformance {
    @Override
    protected ModelAdapter open() throws Exception {
        return Models.open(ModelSettings.minilm(2), Path.of("target", "test-cache"));
    }

    @Override
    protected List<ModelInput> inputs() {
        return Stream.of(3, 40, 1, 300, 12, 0, 60, 12)
                .map(words -> "clay and fire ".repeat(words))
                .<ModelInput>map(ModelInput.Text::new)
                .toList();
    }

    @Override
    protected ModelInput memoryProbe() {
        return new ModelInput.Text("");
    }

    /// A run takes milliseconds: fewer by default, ten thousand with `-Dkiln.memory.runs=10000`.
    @Override
    protected int memoryRuns() {
        return Integer.getInteger("kiln.memory.runs", 2000);
    }

    /// Padding changes in which order numbers are added, so the last digits of a unit-length vector differ.
    @Override
    protected double tolerance() {
        return 1e-5;
    }

    @Override
    protected float[] numbers(ModelOutput output) {
        return output.as(ModelOutput.Embedding.class).vector();
    }
}
