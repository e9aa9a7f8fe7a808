package dev.kiln.loadtest.rivals;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SteadyRateTest {
    private static int windows(SteadyRate steady, double... rates) {
        int taken = 0;
        while (!steady.reached()) {
            steady.add(rates[taken++]);
        }
        return taken;
    }

    @Test
    void aServerThatStillGetsFasterIsNotWarm() {
        assertThat(windows(new SteadyRate(20), 10, 20, 40, 80, 160, 320, 330, 325)).isEqualTo(8);
    }

    @Test
    void agreementAtTheVeryBeginningIsChance() {
        assertThat(windows(new SteadyRate(20), 10, 10, 10, 10, 10, 10)).isEqualTo(6);
    }

    @Test
    void aServerThatNeverSettlesHasHadItsTime() {
        assertThat(windows(new SteadyRate(6), 1, 9, 1, 9, 1, 9)).isEqualTo(6);
    }

    @Test
    void aServerThatAnswersNothingIsNotSteadyAtNothing() {
        assertThat(windows(new SteadyRate(7), 0, 0, 0, 0, 0, 0, 0)).isEqualTo(7);
    }
}
