package dev.kiln.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class BatchPolicyTest {
    private static BatchPolicy policy(int maxItems, long maxCost, double maxPadding) {
        return new BatchPolicy(maxItems, maxCost, maxPadding, Duration.ZERO);
    }

    @Test
    void theOldestLeadsAndCompanyIsChosenByNearness() {
        assertThat(policy(3, 1000, 1).choose(50, 10, 52, 90, 49)).containsExactly(0, 2, 4);
    }

    @Test
    void paddingCountsTowardsTheCap() {
        assertThat(policy(10, 100, 1).choose(10, 50, 10, 10)).containsExactly(0, 2, 3);
    }

    @Test
    void companyThatWouldMostlyBePaddingIsLeftForLater() {
        assertThat(policy(10, 1000, 0.2).choose(100, 10, 90)).containsExactly(0, 2);
        assertThat(policy(10, 1000, 0).choose(100, 10, 90, 100)).containsExactly(0, 3);
    }

    @Test
    void anItemLargerThanTheCapRunsAlone() {
        assertThat(policy(10, 100, 1).choose(400, 1, 1)).containsExactly(0);
    }

    @Test
    void whateverWaitsABatchStaysInsideItsBounds() {
        SplittableRandom random = new SplittableRandom(7);
        for (int round = 0; round < 20_000; round++) {
            BatchPolicy policy =
                    policy(
                            random.nextInt(1, 33),
                            random.nextLong(1, 2000),
                            random.nextInt(0, 11) / 10.0);
            int[] costs = random.ints(random.nextInt(1, 60), 1, 513).toArray();

            int[] chosen = policy.choose(costs);

            long largest = 0;
            long sum = 0;
            for (int i = 0; i < chosen.length; i++) {
                largest = Math.max(largest, costs[chosen[i]]);
                sum += costs[chosen[i]];
                assertThat(i == 0 || chosen[i] > chosen[i - 1]).isTrue();
            }
            long padded = largest * chosen.length;
            assertThat(chosen[0]).isZero();
            assertThat(chosen.length).isBetween(1, policy.maxItems());
            assertThat(chosen.length == 1 || padded <= policy.maxCost()).isTrue();
            assertThat(chosen.length == 1 || padded - sum <= policy.maxPadding() * padded).isTrue();
        }
    }

    @Test
    void boundsOutsideTheirRangeAreNamed() {
        assertThatThrownBy(() -> policy(0, 1, 0)).hasMessage("maxItems must be at least 1, was 0");
        assertThatThrownBy(() -> policy(1, 0, 0)).hasMessage("maxCost must be at least 1, was 0");
        assertThatThrownBy(() -> policy(1, 1, 1.5))
                .hasMessage("maxPadding must be from 0 to 1, was 1.5");
        assertThatThrownBy(() -> policy(1, 1, Double.NaN))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
