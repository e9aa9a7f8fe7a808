package dev.kiln.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class BacklogTest {
    private static final long MILLI = 1_000_000;
    private static final long PATIENCE = 100 * MILLI;

    private final Backlog backlog = new Backlog();

    @Test
    void whoReadsNothingIsStuck() {
        backlog.add(1_000, 0);

        assertThat(backlog.stuck(0, PATIENCE, PATIENCE)).isFalse();
        assertThat(backlog.stuck(0, PATIENCE + 1, PATIENCE)).isTrue();
    }

    @Test
    void whoHasNothingToReadIsNot() {
        backlog.add(1_000, 0);
        backlog.taken(1_000);

        assertThat(backlog.stuck(0, 0, PATIENCE)).isFalse();
        assertThat(backlog.stuck(0, 10 * PATIENCE, PATIENCE)).isFalse();
    }

    @Test
    void everyByteThatIsReadBeginsTheWaitAnew() {
        backlog.add(1_000, 0);

        for (int part = 1; part < 10; part++) {
            assertThat(backlog.stuck(part, part * PATIENCE, PATIENCE)).isFalse();
        }
        assertThat(backlog.stuck(9, 10 * PATIENCE, PATIENCE)).isFalse();
        assertThat(backlog.stuck(9, 10 * PATIENCE + 1, PATIENCE)).isTrue();
    }

    @Test
    void whatComesOnTopIsNoProgress() {
        backlog.add(1_000, 0);
        backlog.add(1_000, PATIENCE);

        assertThat(backlog.stuck(0, PATIENCE + 1, PATIENCE)).isTrue();
    }

    @Test
    void aLaterReplyDoesNotInheritTheWaitOfAnEarlierOne() {
        backlog.add(1_000, 0);
        backlog.taken(1_000);
        backlog.add(1_000, 5 * PATIENCE);

        assertThat(backlog.weight(5 * PATIENCE)).isEqualTo(1_000);
        assertThat(backlog.stuck(0, 6 * PATIENCE, PATIENCE)).isFalse();
        assertThat(backlog.stuck(0, 6 * PATIENCE + 1, PATIENCE)).isTrue();
    }

    @Test
    void littleHeldForLongWeighsAsMuchAsMuchHeldShortly() {
        var much = new Backlog();
        backlog.add(1_000, 0);
        much.add(100_000, 99 * MILLI);

        assertThat(backlog.weight(99 * MILLI)).isEqualTo(much.weight(99 * MILLI));
    }

    @Test
    void whatWasDroppedIsNotTakenOnceMore() {
        backlog.add(1_000, 0);
        backlog.add(500, 0);

        assertThat(backlog.drop()).isEqualTo(1_500);
        assertThat(backlog.taken(1_000)).isZero();
        assertThat(backlog.bytes()).isZero();
        assertThat(backlog.weight(PATIENCE)).isZero();
    }
}
