package dev.kiln.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.Random;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

class ServiceCurveTest {
    private static final Percentage CLOSE = Percentage.withPercentage(5);

    private final ServiceCurve curve = new ServiceCurve();

    /// An engine with a price for a run, for an item and for a unit of cost.
    private static double truth(int items, long padded) {
        return 2_000_000 + 30_000.0 * items + 9_000.0 * padded;
    }

    private void teach(int items, int cost) {
        curve.learn(items, (long) items * cost, (long) truth(items, (long) items * cost));
    }

    @Test
    void nothingLearnedIsNothingSaid() {
        assertThat(curve.batch(1, 10)).isEmpty();
        assertThat(curve.work(10, new BatchPolicy(4, 100, 1, Duration.ZERO))).isEqualTo(10);
    }

    @Test
    void oneShapeSaysNothingOfLargerOnes() {
        curve.learn(1, 10, 1_000);

        assertThat(curve.batch(1, 1_000)).hasValue(1_000);
        assertThat(curve.batch(1, 5)).hasValue(500);
    }

    @Test
    void shapesNeverSeenAreToldFromThoseThatWere() {
        for (int items = 1; items <= 16; items *= 2) {
            teach(items, 10);
            teach(items, 60);
        }

        assertThat(curve.batch(32, 32 * 120).orElseThrow()).isCloseTo(truth(32, 32 * 120), CLOSE);
        assertThat(curve.batch(3, 90).orElseThrow()).isCloseTo(truth(3, 90), CLOSE);
    }

    @Test
    void aCellKnowsWhatTheLineCannot() {
        for (int items = 1; items <= 16; items *= 2) {
            teach(items, 10);
            teach(items, 60);
        }
        for (int i = 0; i < 50; i++) {
            curve.learn(4, 4 * 500, 2 * (long) truth(4, 4 * 500));
        }

        assertThat(curve.batch(4, 4 * 500).orElseThrow()).isCloseTo(2 * truth(4, 4 * 500), CLOSE);
        assertThat(curve.batch(4, 40).orElseThrow()).isCloseTo(truth(4, 40), CLOSE);
    }

    @Test
    void anEngineThatSlowsDownIsFollowed() {
        for (int i = 0; i < 20; i++) {
            teach(8, 20);
            teach(1, 20);
        }
        for (int i = 0; i < 60; i++) {
            curve.learn(8, 160, 3 * (long) truth(8, 160));
        }

        assertThat(curve.batch(8, 160).orElseThrow()).isCloseTo(3 * truth(8, 160), CLOSE);
    }

    @Test
    void oneStallMovesLittle() {
        for (int i = 0; i < 20; i++) {
            teach(8, 20);
            teach(1, 20);
        }
        curve.learn(8, 160, 1_000 * (long) truth(8, 160));

        assertThat(curve.batch(8, 160).orElseThrow())
                .isCloseTo(truth(8, 160), Percentage.withPercentage(40));
    }

    @Test
    void noiseAveragesOut() {
        Random random = new Random(7);
        for (int i = 0; i < 2_000; i++) {
            int items = 1 + random.nextInt(32);
            int cost = 8 + random.nextInt(120);
            double noise = Math.exp(0.15 * random.nextGaussian());
            curve.learn(
                    items, (long) items * cost, (long) (noise * truth(items, (long) items * cost)));
        }

        for (int items = 1; items <= 32; items *= 2) {
            double ratio =
                    curve.batch(items, items * 60L).orElseThrow() / truth(items, items * 60L);
            assertThat(ratio).as("%d items", items).isCloseTo(1, within(0.15));
        }
    }

    @Test
    void anItemsWorkIsItsPartOfAFullBatch() {
        for (int items = 1; items <= 32; items *= 2) {
            teach(items, 10);
            teach(items, 60);
        }
        BatchPolicy policy = new BatchPolicy(32, 1_024, 1, Duration.ZERO);

        assertThat(curve.work(10, policy)).isCloseTo(truth(32, 320) / 32, CLOSE);
        assertThat(curve.work(60, policy)).isCloseTo(truth(17, 17 * 60) / 17, CLOSE);
        assertThat(curve.work(5_000, policy)).isCloseTo(truth(1, 5_000), CLOSE);
    }

    @Test
    void anItemWithoutCostIsStillWork() {
        BatchPolicy policy = new BatchPolicy(4, 100, 1, Duration.ZERO);
        assertThat(curve.work(0, policy)).isEqualTo(1);

        curve.learn(1, 10, 1_000);

        assertThat(curve.work(0, policy)).isEqualTo(1);
    }
}
