package dev.kiln.adapter.kind;

import dev.kiln.adapter.AdapterConformance;
import dev.kiln.adapter.catalog.ModelSettings;
import dev.kiln.adapter.catalog.Models;
import dev.kiln.core.model.ModelAdapter;
import dev.kiln.core.model.ModelInput;
import dev.kiln.core.model.ModelOutput;
import java.nio.file.Path;
import java.util.List;

/// Pictures through a classifier of our own.
abstract class ImagesConformance extends AdapterConformance {
    private final String model;

    /// @param model a folder of `models`
    ImagesConformance(String model) {
        this.model = model;
    }

    @Override
    protected final ModelAdapter open() throws Exception {
        String folder = Fetched.root().resolve("models").resolve(model).toString();
        return Models.open(
                new ModelSettings(model, folder, 128, "cpu", 3), Path.of("target/test-cache"));
    }

    @Override
    protected List<ModelInput> inputs() {
        return Shapes.PICTURES.values().stream()
                .limit(8)
                .<ModelInput>map(ModelInput.Image::new)
                .toList();
    }

    @Override
    protected ModelInput memoryProbe() {
        return inputs().getFirst();
    }

    @Override
    protected boolean costsDiffer() {
        return false;
    }

    @Override
    protected double tolerance() {
        return 1e-5;
    }

    @Override
    protected float[] numbers(ModelOutput output) {
        return output.as(ModelOutput.Classes.class).probabilities();
    }
}
