package dev.kiln.adapter.kind;

import dev.kiln.adapter.engine.Engine;
import dev.kiln.adapter.engine.EngineTensor;
import dev.kiln.core.model.DType;
import dev.kiln.core.model.ModelFault;
import dev.kiln.core.model.ModelOutput;
import dev.kiln.core.model.TensorSpec;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/// Gives whole clips to a model that steps through them by itself, silence behind the shorter ones.
final class VoiceClips {
    private VoiceClips() {}

    static List<ModelOutput> run(
            Engine engine, VoiceSettings settings, List<VoiceDetector.Item> batch, Arena arena)
            throws ModelFault {
        int frames = batch.stream().mapToInt(VoiceDetector.Item::frames).max().orElseThrow();
        long length = (long) frames * settings.frame();
        List<EngineTensor> inputs = new ArrayList<>(2);
        for (TensorSpec spec : engine.inputs()) {
            inputs.add(
                    spec.name().equals(settings.rateInput().orElse(""))
                            ? VoiceSteps.rate(spec, settings.rate(), arena)
                            : clips(spec.name(), length, batch, arena));
        }
        EngineTensor speech = engine.run(inputs, arena).getFirst();
        if (speech.dtype() != DType.FP32 || speech.elements() != (long) batch.size() * frames) {
            throw new ModelFault(
                    "for %d clips of %d frames the model gave %s %s"
                            .formatted(batch.size(), frames, speech.dtype(), speech.shape()));
        }
        return read(speech.data(), frames, batch);
    }

    private static EngineTensor clips(
            String name, long length, List<VoiceDetector.Item> batch, Arena arena) {
        var clips =
                EngineTensor.allocate(
                        arena, name, DType.FP32, List.of((long) batch.size(), length));
        for (int i = 0; i < batch.size(); i++) {
            float[] own = batch.get(i).samples();
            MemorySegment.copy(
                    own,
                    0,
                    clips.data(),
                    ValueLayout.JAVA_FLOAT,
                    i * length * Float.BYTES,
                    own.length);
        }
        return clips;
    }

    private static List<ModelOutput> read(
            MemorySegment speech, int frames, List<VoiceDetector.Item> batch) throws ModelFault {
        List<ModelOutput> outputs = new ArrayList<>(batch.size());
        for (int i = 0; i < batch.size(); i++) {
            float[] own = new float[batch.get(i).frames()];
            for (int frame = 0; frame < own.length; frame++) {
                long at = (long) i * frames + frame;
                own[frame] = VoiceSteps.finite(speech.getAtIndex(ValueLayout.JAVA_FLOAT, at));
            }
            outputs.add(new ModelOutput.Speech(own, new float[0]));
        }
        return outputs;
    }
}
