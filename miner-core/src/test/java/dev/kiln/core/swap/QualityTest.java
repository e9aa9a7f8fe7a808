package dev.kiln.core.swap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.kiln.core.model.ModelInput;
import dev.kiln.core.model.ModelOutput;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class QualityTest {
    private static final ModelInput NOTHING = new ModelInput.Text("");

    private final Quality quality = new Quality();

    private static List<ModelOutput> classes(float... probabilities) {
        return List.of(new ModelOutput.Classes(probabilities));
    }

    /// Two vectors with this cosine.
    private static List<ModelOutput> pair(double cosine) {
        float other = (float) Math.sqrt(1 - cosine * cosine);
        return List.of(
                new ModelOutput.Embedding(new float[] {1, 0}, 1, false),
                new ModelOutput.Embedding(new float[] {(float) cosine, other}, 1, false));
    }

    @Test
    void ofClassesItIsTheShareOfFirstLabelsThatAreRight() {
        var first = new Quality.Sample(List.of(NOTHING), 0);
        for (int i = 0; i < 100; i++) {
            quality.add(first, classes(0.9f, 0.1f), i < 60 ? classes(0.6f, 0.4f) : classes(0, 1));
        }

        Quality.Report report = quality.report();

        assertThat(report.answering().mean()).isEqualTo(1);
        assertThat(report.candidate().mean()).isCloseTo(0.6, within(1e-9));
        assertThat(report.difference().mean()).isCloseTo(-0.4, within(1e-9));
        // 1.96 · √(0.6 · 0.4 / 99)
        assertThat(report.difference().error()).isCloseTo(0.0965, within(1e-3));
    }

    @Test
    void ofPairsItIsTheChanceThatThoseThatBelongTogetherAreNearer() {
        var together = new Quality.Sample(List.of(NOTHING, NOTHING), 1);
        var apart = new Quality.Sample(List.of(NOTHING, NOTHING), 0);
        var random = new SplittableRandom(3);
        for (int i = 0; i < 200; i++) {
            quality.add(together, pair(0.8), pair(random.nextDouble()));
            quality.add(apart, pair(0.2), pair(random.nextDouble()));
        }

        Quality.Report report = quality.report();

        assertThat(report.answering().mean()).isEqualTo(1);
        assertThat(report.answering().error()).isZero();
        assertThat(report.candidate().mean()).isCloseTo(0.5, within(0.1));
        // Of a coin, DeLong's standard error is √(1/12/200 + 1/12/200).
        assertThat(report.candidate().error()).isCloseTo(1.96 * 0.0289, within(0.01));
        assertThat(report.difference().mean())
                .isCloseTo(report.candidate().mean() - 1, within(1e-9));
        assertThat(report.answering().count()).isEqualTo(400);
    }
}
