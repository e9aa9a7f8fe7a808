package dev.kiln.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TarpitTest {
    private static final long MILLI = 1_000_000;
    private static final int BURST = 25;

    private final Tarpit tarpit = new Tarpit(100, 0);

    private void burst(long nowTick) {
        for (int i = 0; i <= BURST; i++) {
            assertThat(tarpit.delay(nowTick)).isZero();
        }
    }

    @Test
    void aFewRefusalsAreToldAtOnce() {
        burst(0);
        assertThat(tarpit.slowed()).isZero();
    }

    @Test
    void moreLeaveAtTheirRate() {
        burst(0);
        for (int i = 1; i <= 50; i++) {
            assertThat(tarpit.delay(0)).isEqualTo(i * (10 * MILLI));
        }
        assertThat(tarpit.slowed()).isEqualTo(50);
        assertThat(tarpit.delay(505 * MILLI)).isEqualTo(5 * MILLI);
    }

    @Test
    void aPauseEarnsOneBurstAndNoMore() {
        burst(0);
        assertThat(tarpit.delay(0)).isPositive();
        burst(60_000 * MILLI);
        assertThat(tarpit.delay(60_000 * MILLI)).isEqualTo(10 * MILLI);
    }

    @Test
    void noReplyWaitsLongerThanABound() {
        long longest = 0;
        for (int i = 0; i < 1_000; i++) {
            longest = Math.max(longest, tarpit.delay(0));
        }
        assertThat(longest).isEqualTo(Tarpit.LONGEST.toNanos());
        assertThat(tarpit.delay(Tarpit.LONGEST.toNanos() + 10 * MILLI)).isZero();
    }
}
