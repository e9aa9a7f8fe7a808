package dev.kiln.loadtest.rivals;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SteadyRateTest {
    private static int windows(SteadyRate steady, double... rates) {
        int taken = 0;
        while (!steady.reached()) {
            steady.add(rates[taken++], 0);
        }
        return taken;
    }

    @Test
    void aServerThatStillGetsFasterIsNotWarm() {
        assertThat(windows(new SteadyRate(20), 10, 20, 40, 80, 160, 320, 330, 325, 335, 325, 330))
                .isEqualTo(11);
    }

    @Test
    void agreementAtTheVeryBeginningIsChance() {
        assertThat(windows(new SteadyRate(20), 10, 10, 10, 10, 10, 10)).isEqualTo(6);
    }

    @Test
    void oneThatCompilesIsNotBelievedBeforeItsTwentiethWindow() {
        var steady = new SteadyRate(60);
        steady.add(5000, 0.5);
        for (int i = 1; i < 20; i++) {
            assertThat(steady.reached()).isFalse();
            steady.add(5000, 0);
        }
        assertThat(steady.reached()).isTrue();
    }

    @Test
    void oneThatStillCompilesIsNotWarmHoweverSteady() {
        var steady = new SteadyRate(60);
        for (int i = 0; i < 25; i++) {
            steady.add(5000, 0.1);
            assertThat(steady.reached()).isFalse();
        }
        for (int i = 0; i < 8; i++) {
            steady.add(5000, 0);
            assertThat(steady.reached()).isFalse();
        }
        steady.add(5000, 0.01);
        assertThat(steady.reached()).isTrue();
    }

    @Test
    void oneThatCompilesIsNotBelievedBeforeItHasAnsweredThousands() {
        var steady = new SteadyRate(150);
        for (int i = 0; i < 100; i++) {
            assertThat(steady.reached()).isFalse();
            steady.add(250, i == 0 ? 0.5 : 0);
        }
        assertThat(steady.reached()).isTrue();
    }

    @Test
    void aLullBetweenTwoBurstsOfCompilingIsNotTheEnd() {
        var steady = new SteadyRate(60);
        for (int i = 0; i < 40; i++) {
            steady.add(5000, i % 6 == 0 ? 0.3 : 0);
            assertThat(steady.reached()).isFalse();
        }
    }

    @Test
    void aServerThatNeverSettlesHasHadItsTime() {
        assertThat(windows(new SteadyRate(7), 1, 2, 4, 8, 16, 32, 64)).isEqualTo(7);
    }

    @Test
    void aServerThatAnswersNothingIsNotSteadyAtNothing() {
        assertThat(windows(new SteadyRate(7), 0, 0, 0, 0, 0, 0, 0)).isEqualTo(7);
    }
}
