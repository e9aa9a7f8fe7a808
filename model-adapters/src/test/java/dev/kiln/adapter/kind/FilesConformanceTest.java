package dev.kiln.adapter.kind;

import dev.kiln.adapter.AdapterConformance;
import dev.kiln.core.model.ModelAdapter;
import dev.kiln.core.model.ModelInput;
import dev.kiln.core.model.ModelOutput;
import java.util.List;
import java.util.Map;

class FilesConformanceTest extends AdapterConformance {
    private static final Map<String, byte[]> FILES = Zip.files("/files/golden.zip");

    @Override
    protected ModelAdapter open() throws Exception {
        return Fetched.model("magika");
    }

    /// Files with more in them than padding; the model is touchy about the others, see [FileTypeDetectorTest].
    @Override
    protected List<ModelInput> inputs() {
        return FILES.entrySet().stream()
                .filter(each -> each.getKey().contains("-") && !each.getKey().contains("."))
                .filter(each -> each.getValue().length > 2048)
                .limit(8)
                .<ModelInput>map(each -> new ModelInput.File(each.getValue()))
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
        return 1e-4;
    }

    @Override
    protected float[] numbers(ModelOutput output) {
        return output.as(ModelOutput.Classes.class).probabilities();
    }
}
