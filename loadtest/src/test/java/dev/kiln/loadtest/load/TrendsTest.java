package dev.kiln.loadtest.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.kiln.loadtest.report.LoadRun;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.function.IntToDoubleFunction;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TrendsTest {
    private static List<LoadRun.Sample> samples(int seconds, IntToDoubleFunction memory) {
        List<LoadRun.Sample> samples = new ArrayList<>();
        for (int s = 0; s < seconds; s++) {
            samples.add(sample(memory.applyAsDouble(s)));
        }
        return samples;
    }

    private static LoadRun.Sample sample(@Nullable Double memory) {
        return new LoadRun.Sample(null, null, null, null, memory, null, null, null);
    }

    private static LoadRun.Trend only(List<LoadRun.Sample> samples) {
        List<LoadRun.Trend> trends = Objects.requireNonNull(Trends.of(samples));
        assertThat(trends).hasSize(1);
        return trends.getFirst();
    }

    @Test
    void aLeakInNoiseGrows() {
        var random = new SplittableRandom(3);
        LoadRun.Trend trend = only(samples(600, s -> 200 + s / 60.0 + 3 * random.nextGaussian()));

        assertThat(trend.word()).isEqualTo("grows");
        assertThat(trend.mbPerHour()).isCloseTo(60, within(12.0));
        assertThat(trend.toMb() - trend.fromMb()).isCloseTo(10, within(2.5));
    }

    @Test
    void noiseAroundALevelIsHardlyEverCalledGrowth() {
        int called = 0;
        for (int seed = 0; seed < 200; seed++) {
            var random = new SplittableRandom(seed);
            // Memory steps: what one second has is mostly what the last one had.
            double[] level = {0};
            LoadRun.Trend trend =
                    only(
                            samples(
                                    600,
                                    _ -> {
                                        level[0] = 0.9 * level[0] + random.nextGaussian();
                                        return 200 + level[0];
                                    }));
            called += trend.word().equals("not distinguishable from zero") ? 0 : 1;
        }

        assertThat(called).isLessThan(26);
    }

    @Test
    void aLevelThatNeverMovesHasASlopeOfZero() {
        LoadRun.Trend trend = only(samples(60, _ -> 150));

        assertThat(trend.mbPerHour()).isZero();
        assertThat(trend.word()).isEqualTo("not distinguishable from zero");
    }

    @Test
    void tooFewSecondsSayNothing() {
        assertThat(Trends.of(samples(29, _ -> 150))).isNull();
        assertThat(Trends.of(List.of(sample(null)))).isNull();
    }
}
