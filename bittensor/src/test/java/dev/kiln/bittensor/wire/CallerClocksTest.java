package dev.kiln.bittensor.wire;

import static dev.kiln.bittensor.wire.Cast.ALICE;
import static dev.kiln.bittensor.wire.Cast.BOB;
import static dev.kiln.bittensor.wire.Cast.CHARLIE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.bittensor.keys.KeyPair;
import dev.kiln.core.Roster;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CallerClocksTest {
    private final CallerClocks clocks = new CallerClocks();

    private static Roster of(KeyPair... callers) {
        Roster.Member[] members = new Roster.Member[callers.length];
        for (int i = 0; i < callers.length; i++) {
            members[i] = Cast.member(callers[i], 1, true, Roster.Sees.FULL);
        }
        return Cast.roster(members);
    }

    private static long millis(long millis) {
        return Duration.ofMillis(millis).toNanos();
    }

    @Test
    void oneSlowRequestDoesNotMoveACallersClock() {
        for (long age : new long[] {4, 5, 6, 4000, 5}) {
            clocks.proved(ALICE.hotkey(), of(ALICE), millis(age));
        }

        assertThat(clocks.ages().get(ALICE.hotkey().ss58()))
                .isEqualTo(
                        new CallerClocks.Ages(Optional.of(Duration.ofMillis(5)), Optional.empty()));
    }

    @Test
    void aClockThatWasSetIsBelievedAfterItsNextRequests() {
        for (int i = 0; i < 1000; i++) {
            clocks.proved(ALICE.hotkey(), of(ALICE), millis(900));
        }
        for (int i = 0; i < 17; i++) {
            clocks.proved(ALICE.hotkey(), of(ALICE), millis(1));
        }

        assertThat(clocks.ages())
                .containsEntry(
                        ALICE.hotkey().ss58(),
                        new CallerClocks.Ages(Optional.of(Duration.ofMillis(1)), Optional.empty()));
    }

    @Test
    void whoLeftTheRosterIsForgottenSoThatMemoryIsBoundedByIt() {
        clocks.proved(ALICE.hotkey(), of(ALICE, BOB), millis(1));
        clocks.refused(BOB.hotkey(), of(ALICE, BOB), millis(1));

        clocks.proved(CHARLIE.hotkey(), of(CHARLIE), millis(1));

        assertThat(clocks.ages()).containsOnlyKeys(CHARLIE.hotkey().ss58());
    }

    @Test
    void whatIsNoClockButAnOldRequestSaysNothing() {
        clocks.refused(ALICE.hotkey(), of(ALICE), Duration.ofDays(400).toNanos());

        assertThat(clocks.ages()).isEmpty();
    }
}
