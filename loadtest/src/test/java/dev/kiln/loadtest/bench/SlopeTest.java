package dev.kiln.loadtest.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.Test;

class SlopeTest {
    private static Slope slope(int seconds, IntToDoubleFunction megabytes) {
        List<Slope.Point> points = new ArrayList<>();
        for (int s = 0; s < seconds; s++) {
            points.add(new Slope.Point(s, megabytes.applyAsDouble(s)));
        }
        return Slope.of(points);
    }

    @Test
    void aLeakIsSeenThroughNoise() {
        var random = new SplittableRandom(1);
        Slope slope = slope(1800, s -> 300 + 24.0 * s / 3600 + 4 * random.nextGaussian());

        assertThat(slope.perHour()).isCloseTo(24, within(4.0));
        assertThat(slope.word()).isEqualTo("grows");
    }

    @Test
    void noiseWithMemoryIsSeldomTakenForALeak() {
        int called = 0;
        for (int seed = 0; seed < 200; seed++) {
            var random = new SplittableRandom(seed);
            double[] level = {0};
            called +=
                    slope(
                                            1800,
                                            _ -> {
                                                level[0] = 0.98 * level[0] + random.nextGaussian();
                                                return 300 + level[0];
                                            })
                                    .word()
                                    .equals("not distinguishable from zero")
                            ? 0
                            : 1;
        }

        assertThat(called).isLessThan(30);
    }

    @Test
    void whatShrinksDoesNotGrow() {
        assertThat(slope(600, s -> 300 - s / 60.0 + s % 2).word()).isEqualTo("shrinks");
    }

    @Test
    void aFewLooksSayNothing() {
        assertThatIllegalArgumentException().isThrownBy(() -> slope(20, _ -> 1));
    }
}
