package dev.kiln.adapter.kind;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kiln.adapter.pytorch.TorchEngine;
import dev.kiln.adapter.pytorch.TorchFace;
import dev.kiln.core.model.DType;
import dev.kiln.core.model.ModelInput;
import dev.kiln.core.model.ModelOutput.Speech;
import dev.kiln.core.model.Prepared;
import dev.kiln.core.model.TensorSpec;
import dev.kiln.core.model.UnfitInput;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// Silero VAD's TorchScript file, whole clips: the package's own numbers, which are also those of the ONNX file.
class VoiceEnginesTest {
    private static final Map<String, byte[]> GOLDEN = Zip.files("/voice/golden.zip");
    private static final List<String> NAMES = List.of("odd", "long", "short", "whole");

    @Test
    void clipsOnPyTorchGiveWhatTheyGiveOnOnnxRuntime() throws Exception {
        try (var torch = open()) {
            List<Prepared> items = new ArrayList<>();
            for (String name : NAMES) {
                items.add(torch.prepare(new ModelInput.Sound(sound(name), Optional.empty())));
            }
            for (int i = 0; i < NAMES.size(); i++) {
                float[] expected = golden(NAMES.get(i) + ".onnx");
                assertThat(Numbers.furthest(run(torch, items.subList(i, i + 1), 0), expected))
                        .as(NAMES.get(i))
                        .isLessThan(1e-4);
                assertThat(Numbers.furthest(run(torch, items, i), expected))
                        .as(NAMES.get(i) + " in a batch")
                        .isLessThan(1e-4);
            }
        }
    }

    @Test
    void aPieceOfAStreamIsRefused() throws Exception {
        try (var torch = open()) {
            var piece = new ModelInput.Sound(new float[512], Optional.of(new float[320]));

            assertThatThrownBy(() -> torch.prepare(piece))
                    .isInstanceOf(UnfitInput.class)
                    .hasMessage("this model hears whole clips, not pieces of a stream");
        }
    }

    private static KindAdapter<VoiceDetector.Item> open() throws Exception {
        var face =
                new TorchFace(
                        "audio_forward",
                        List.of(
                                new TensorSpec("input", DType.FP32, List.of(-1L, -1L)),
                                new TensorSpec("sr", DType.INT64, List.of())),
                        Set.of("sr"),
                        List.of(new TensorSpec("output", DType.FP32, List.of(-1L, -1L))));
        var archive = MemorySegment.ofBuffer(Fetched.fetched("silero-vad-torch", "model.pt"));
        return KindAdapter.open(
                new VoiceDetector(
                        new VoiceSettings(16_000, 512, 0, Optional.of("sr"), Optional.empty())),
                TorchEngine.open(archive, face, 1, Shapes.natives()),
                new KindAdapter.Identity("silero", "0".repeat(64), "cpu"),
                List.of());
    }

    private static float[] run(KindAdapter<?> torch, List<Prepared> items, int place)
            throws Exception {
        return torch.run(items).get(place).as(Speech.class).probabilities();
    }

    private static float[] sound(String name) {
        return Numbers.sound(Objects.requireNonNull(GOLDEN.get(name + ".pcm")));
    }

    private static float[] golden(String name) {
        return Numbers.floats(Objects.requireNonNull(GOLDEN.get(name)));
    }
}
