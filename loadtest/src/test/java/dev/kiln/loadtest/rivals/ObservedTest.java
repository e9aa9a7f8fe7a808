package dev.kiln.loadtest.rivals;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ObservedTest {
    @Test
    void theIntervalHoldsTheMedianAsOftenAsItSays() {
        Random random = new Random(1);
        int held = 0;
        for (int i = 0; i < 2000; i++) {
            List<Double> ratios =
                    DoubleStream.generate(() -> 0.98 + 0.05 * random.nextGaussian())
                            .limit(119)
                            .boxed()
                            .toList();
            Observed.Ratio ratio = Observed.Ratio.of(ratios);
            held += ratio.low() <= 0.98 && 0.98 <= ratio.high() ? 1 : 0;
        }

        assertThat(held / 2000.0).isBetween(0.94, 0.98);
    }

    @Test
    void ofFewTurnsTheIntervalIsAllThereIs() {
        assertThat(Observed.Ratio.of(List.of(1.0))).isEqualTo(new Observed.Ratio(1, 1, 1));
        assertThat(Observed.Ratio.of(List.of(3.0, 1.0, 2.0)))
                .isEqualTo(new Observed.Ratio(2, 1, 3));
        assertThat(Observed.Ratio.of(List.of()).middle()).isNaN();
    }

    @Test
    void theMedianStandsBetween() {
        List<Double> hundred = IntStream.rangeClosed(1, 100).mapToObj(i -> i / 100.0).toList();

        assertThat(Observed.Ratio.of(hundred)).isEqualTo(new Observed.Ratio(0.51, 0.41, 0.61));
    }
}
