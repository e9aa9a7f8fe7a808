package dev.kiln.adapter.kind;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kiln.adapter.onnx.OnnxEngine;
import dev.kiln.adapter.onnx.OnnxGraph;
import dev.kiln.core.model.ModelInput;
import dev.kiln.core.model.ModelOutput.Speech;
import dev.kiln.core.model.Prepared;
import dev.kiln.core.model.UnfitInput;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Silero VAD stepped by us, against what its own package makes of the same sounds (`models/golden/voice.py`).
class VoiceDetectorTest {
    private static final Map<String, byte[]> GOLDEN = Zip.files("/voice/golden.zip");
    private static final int FRAME = 512;
    private static final VoiceSettings SILERO =
            new VoiceSettings(
                    16_000,
                    FRAME,
                    64,
                    Optional.of("sr"),
                    Optional.of(
                            new VoiceSettings.State("state", "stateN", List.of(2L, -1L, 128L))));

    private KindAdapter<VoiceDetector.Item> silero;

    @BeforeEach
    void open() throws Exception {
        silero =
                KindAdapter.open(
                        new VoiceDetector(SILERO),
                        OnnxEngine.open(
                                OnnxGraph.alone(Fetched.fetched("silero-vad", "model.onnx"))),
                        new KindAdapter.Identity("silero-vad", "0".repeat(64), "cpu"),
                        List.of());
    }

    @AfterEach
    void close() {
        if (silero != null) {
            silero.close();
        }
    }

    @Test
    void aClipSoundsAsItDoesToThePackage() throws Exception {
        for (String name : List.of("long", "odd", "whole", "short")) {
            Speech found = run(clip(name)).getFirst();

            assertThat(Numbers.furthest(found.probabilities(), golden(name + ".onnx")))
                    .as(name)
                    .isLessThan(1e-5);
            assertThat(Numbers.furthest(found.probabilities(), golden(name + ".jit")))
                    .as(name)
                    .isLessThan(1e-5);
        }
        assertThat(golden("long.onnx"))
                .satisfies(all -> assertThat(highest(all)).isGreaterThan(0.9f));
    }

    @Test
    void clipsOfDifferentLengthsRunTogetherWithoutMixing() throws Exception {
        List<String> names = List.of("odd", "short", "long", "whole", "odd");
        List<Speech> together = run(names.stream().map(this::clip).toArray(ModelInput[]::new));

        for (int i = 0; i < names.size(); i++) {
            float[] expected = golden(names.get(i) + ".onnx");
            assertThat(Numbers.furthest(together.get(i).probabilities(), expected))
                    .as(names.get(i))
                    .isLessThan(1e-5);
        }
    }

    @Test
    void streamsInPiecesBesideEachOtherHearWhatTheWholeClipsHear() throws Exception {
        float[] one = sound("long");
        float[] other = sound("odd");
        List<Float> heardOne = new ArrayList<>();
        List<Float> heardOther = new ArrayList<>();
        Optional<float[]> stateOne = Optional.empty();
        Optional<float[]> stateOther = Optional.empty();
        int atOther = 0;
        for (int at = 0; at < one.length; at += 5 * FRAME) {
            int to = Math.min(one.length, at + 5 * FRAME);
            var pieceOne = new ModelInput.Sound(Arrays.copyOfRange(one, at, to), stateOne);
            int toOther = Math.min(other.length, atOther + 3 * FRAME);
            if (atOther < other.length) {
                var pieceOther =
                        new ModelInput.Sound(
                                Arrays.copyOfRange(other, atOther, toOther), stateOther);
                List<Speech> both = run(pieceOther, pieceOne);
                add(heardOther, both.getFirst());
                add(heardOne, both.getLast());
                stateOther = Optional.of(both.getFirst().state());
                stateOne = Optional.of(both.getLast().state());
                atOther = toOther;
            } else {
                Speech alone = run(pieceOne).getFirst();
                add(heardOne, alone);
                stateOne = Optional.of(alone.state());
            }
        }

        assertThat(Numbers.furthest(floats(heardOne), golden("long.onnx"))).isLessThan(1e-5);
        assertThat(Numbers.furthest(floats(heardOther), golden("odd.onnx"))).isLessThan(1e-5);
    }

    @Test
    void aPieceThatEndsInsideAFrameEndsItsStream() throws Exception {
        assertThat(run(clip("whole")).getFirst().state()).hasSize(2 * 128 + 64);
        assertThat(run(clip("odd")).getFirst().state()).isEmpty();
    }

    @Test
    void whatIsNoSoundIsRefused() {
        assertThatThrownBy(() -> silero.prepare(new ModelInput.Text("kiln")))
                .isInstanceOf(UnfitInput.class)
                .hasMessage("this model takes sound");
        assertThatThrownBy(() -> prepare(new float[0], Optional.empty()))
                .isInstanceOf(UnfitInput.class)
                .hasMessage("the sound has no samples");
        assertThatThrownBy(() -> prepare(new float[] {0, Float.NaN}, Optional.empty()))
                .isInstanceOf(UnfitInput.class)
                .hasMessage("sample 1 is NaN, must be from -1 to 1");
        assertThatThrownBy(() -> prepare(new float[FRAME], Optional.of(new float[256])))
                .isInstanceOf(UnfitInput.class)
                .hasMessageStartingWith("the state has 256 numbers, must be the 320");
    }

    private void prepare(float[] samples, Optional<float[]> state) throws UnfitInput {
        silero.prepare(new ModelInput.Sound(samples, state));
    }

    private List<Speech> run(ModelInput... inputs) throws Exception {
        List<Prepared> items = new ArrayList<>();
        for (ModelInput input : inputs) {
            items.add(silero.prepare(input));
        }
        return silero.run(items).stream().map(output -> output.as(Speech.class)).toList();
    }

    private static void add(List<Float> heard, Speech piece) {
        for (float probability : piece.probabilities()) {
            heard.add(probability);
        }
    }

    private static float[] floats(List<Float> boxed) {
        float[] floats = new float[boxed.size()];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = boxed.get(i);
        }
        return floats;
    }

    private static float highest(float[] all) {
        float highest = 0;
        for (float one : all) {
            highest = Math.max(highest, one);
        }
        return highest;
    }

    private ModelInput clip(String name) {
        return new ModelInput.Sound(sound(name), Optional.empty());
    }

    private static float[] sound(String name) {
        return Numbers.sound(Objects.requireNonNull(GOLDEN.get(name + ".pcm")));
    }

    private static float[] golden(String name) {
        return Numbers.floats(Objects.requireNonNull(GOLDEN.get(name)));
    }
}
