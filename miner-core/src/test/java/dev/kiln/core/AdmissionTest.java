package dev.kiln.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class AdmissionTest {
    private static final Caller ALICE = new Caller.KeyHolder("alice");
    private static final Caller BOB = new Caller.KeyHolder("bob");

    @Test
    void oneCallersFloodLeavesRoomForAnother() throws Refused {
        Admission admission = new Admission(3, 2);
        admission.enter(ALICE);
        admission.enter(ALICE);

        Refused refused = catchThrowableOfType(Refused.class, () -> admission.enter(ALICE));

        assertThat(refused.reason()).isEqualTo(Refusal.LIMIT_QUEUE_FULL);
        assertThat(refused).hasMessage("2 calls from api:alice are already inside");
        assertThat(refused.retryAfter()).isPresent();
        assertThat(admission.enter(BOB)).isNotNull();
    }

    @Test
    void aPermitClosedTwiceFreesOnePlace() throws Refused {
        Admission admission = new Admission(2, 2);
        Admission.Permit first = admission.enter(ALICE);
        admission.enter(BOB);

        first.close();
        first.close();

        assertThat(admission.inside()).isEqualTo(1);
        admission.enter(ALICE);
        assertThat(catchThrowableOfType(Refused.class, () -> admission.enter(BOB))).isNotNull();
    }

    @Test
    void drainingRefusesNewCallsAndWaitsForThoseInside() throws Exception {
        Admission admission = new Admission(2, 2);
        Admission.Permit inside = admission.enter(ALICE);
        admission.drain();

        Refused refused = catchThrowableOfType(Refused.class, () -> admission.enter(BOB));

        assertThat(refused.reason()).isEqualTo(Refusal.SERVER_DRAINING);
        assertThat(admission.awaitEmpty(Duration.ofMillis(1))).isFalse();
        Thread leaving = Thread.ofVirtual().start(inside::close);
        assertThat(admission.awaitEmpty(Duration.ofSeconds(10))).isTrue();
        leaving.join();
    }

    @Test
    void onlyTheCancelledCallersCallsAreGivenUp() throws Exception {
        Admission admission = new Admission(4, 2);
        try (Admission.Permit bobs = admission.enter(BOB)) {
            Admission.Permit alices = admission.enter(ALICE);

            assertThat(admission.cancel(ALICE.name())).isEqualTo(1);

            assertThat(Thread.interrupted()).isTrue();
            assertThat(alices.cancelled()).isTrue();
            assertThat(bobs.cancelled()).isFalse();
            alices.close();
            assertThat(admission.cancel(ALICE.name())).isZero();
            assertThat(Thread.interrupted()).isFalse();
        }
    }
}
