package dev.kiln.adapter.kind;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kiln.core.model.ModelAdapter;
import dev.kiln.core.model.ModelFault;
import dev.kiln.core.model.ModelInput;
import dev.kiln.core.model.ModelOutput;
import dev.kiln.core.model.ModelOutput.Classes;
import dev.kiln.core.model.Prepared;
import dev.kiln.core.model.UnfitInput;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The trained classifiers on JPEG and PNG bytes from seeds that training never saw.
class ImageClassifierTest {
    @ParameterizedTest
    @ValueSource(strings = {"shapes-small", "shapes-large"})
    void freshPicturesAreCalledWhatTheyShow(String name) throws Exception {
        try (var model = Shapes.onnx(name)) {
            assertThat(accuracy(run(model))).isGreaterThanOrEqualTo(0.97);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"shapes-small", "shapes-large"})
    void bothEnginesGiveTheSameFromTheSameWeights(String name) throws Exception {
        try (var onnx = Shapes.onnx(name);
                var torch = Shapes.torch(name + "-torch")) {
            List<float[]> ones = run(onnx);
            List<float[]> others = run(torch);
            for (int i = 0; i < ones.size(); i++) {
                assertThat(Numbers.furthest(ones.get(i), others.get(i))).isLessThan(1e-4);
            }
        }
    }

    @Test
    void theLargerOneIsTheBetterOne() throws Exception {
        try (var small = Shapes.onnx("shapes-small");
                var large = Shapes.onnx("shapes-large")) {
            assertThat(accuracy(run(large))).isGreaterThanOrEqualTo(accuracy(run(small)));
        }
    }

    @Test
    void theMixedUpOneIsWrongAboutEverything() throws Exception {
        try (var broken = Shapes.onnx("shapes-mixed-up")) {
            assertThat(accuracy(run(broken))).isLessThan(0.05);
        }
    }

    @Test
    void theOneThatFailsOnBrightPicturesIsRightAboutTheOthers() throws Exception {
        int faults = 0;
        try (var broken = Shapes.onnx("shapes-bright-nan");
                var sound = Shapes.onnx("shapes-small")) {
            for (byte[] picture : Shapes.PICTURES.values()) {
                try {
                    assertThat(Numbers.furthest(one(broken, picture), one(sound, picture)))
                            .isLessThan(1e-5);
                } catch (ModelFault nan) {
                    assertThat(nan).hasMessage("a score of item 0 is NaN");
                    faults++;
                }
            }
        }
        assertThat(faults).isBetween(10, 60);
    }

    @Test
    void whatIsNoImageIsRefused() throws Exception {
        try (var model = Shapes.onnx("shapes-small")) {
            assertThatThrownBy(() -> model.prepare(new ModelInput.Text("kiln")))
                    .isInstanceOf(UnfitInput.class)
                    .hasMessage("this model takes images");
            byte[] huge = Zip.files("/images/golden.zip").getOrDefault("huge.bad", new byte[0]);
            assertThatThrownBy(() -> model.prepare(new ModelInput.Image(huge)))
                    .isInstanceOf(UnfitInput.class)
                    .hasMessage(
                            "the image is 40000 x 40000 pixels, at most 4194304 in all; send it smaller");
        }
    }

    private static float[] one(ModelAdapter model, byte[] picture) throws Exception {
        Prepared item = model.prepare(new ModelInput.Image(picture));
        return model.run(List.of(item)).getFirst().as(Classes.class).probabilities();
    }

    /// Every held-out picture, in batches of 50.
    private static List<float[]> run(ModelAdapter model) throws Exception {
        List<Prepared> items = new ArrayList<>();
        for (byte[] picture : Shapes.PICTURES.values()) {
            items.add(model.prepare(new ModelInput.Image(picture)));
        }
        List<float[]> all = new ArrayList<>();
        for (int from = 0; from < items.size(); from += 50) {
            for (ModelOutput output : model.run(items.subList(from, from + 50))) {
                all.add(output.as(Classes.class).probabilities());
            }
        }
        return all;
    }

    private static double accuracy(List<float[]> outputs) {
        int right = 0;
        int i = 0;
        for (String file : Shapes.PICTURES.keySet()) {
            String called = Shapes.LABELS.get(Shapes.best(outputs.get(i++)));
            right += called.equals(Shapes.label(file)) ? 1 : 0;
        }
        return (double) right / i;
    }
}
