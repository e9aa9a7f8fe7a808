package dev.kiln.adapter.kind;

import dev.kiln.adapter.AdapterConformance;
import dev.kiln.core.model.ModelInput;
import dev.kiln.core.model.ModelOutput;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/// Whole clips of different lengths, some of them ending inside a frame.
abstract class VoiceConformance extends AdapterConformance {
    private static final Map<String, byte[]> SOUNDS = Zip.files("/voice/golden.zip");

    @Override
    protected final List<ModelInput> inputs() {
        float[] whole = Numbers.sound(Objects.requireNonNull(SOUNDS.get("long.pcm")));
        List<ModelInput> inputs = new ArrayList<>();
        for (int samples : new int[] {5_000, 512, 9_000, 1_024, 700, 3_000}) {
            inputs.add(clip(Arrays.copyOfRange(whole, samples, 2 * samples)));
        }
        return inputs;
    }

    /// One frame: 2 KB in and as much of state.
    @Override
    protected final ModelInput memoryProbe() {
        return clip(new float[512]);
    }

    private static ModelInput clip(float[] samples) {
        return new ModelInput.Sound(samples, Optional.empty());
    }

    @Override
    protected final double tolerance() {
        return 1e-5;
    }

    @Override
    protected final float[] numbers(ModelOutput output) {
        return output.as(ModelOutput.Speech.class).probabilities();
    }
}
