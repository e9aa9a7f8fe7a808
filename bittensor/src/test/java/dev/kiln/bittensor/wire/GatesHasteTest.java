package dev.kiln.bittensor.wire;

import static dev.kiln.bittensor.wire.Cast.ALICE;
import static dev.kiln.bittensor.wire.Cast.BOB;
import static dev.kiln.bittensor.wire.Cast.BODY;
import static dev.kiln.bittensor.wire.Cast.ROSTER;
import static dev.kiln.bittensor.wire.Cast.head;
import static dev.kiln.bittensor.wire.Cast.signed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.kiln.core.Call;
import dev.kiln.core.Caller;
import dev.kiln.core.Header;
import dev.kiln.core.Patience;
import dev.kiln.core.Refusal;
import dev.kiln.core.Refused;
import dev.kiln.core.Roster;
import dev.kiln.core.Route;
import dev.kiln.core.Terms.WhenLate;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Signatures that wait to be checked, and what is foretold behind them. One is checked at a time, in ten milliseconds.
@Timeout(60)
class GatesHasteTest {
    private static final String ELSEWHERE = "198.51.100.7";

    private final HandClock clock = new HandClock(Cast.NOON);
    private final AtomicLong behindMillis = new AtomicLong();
    private final Gates gates = gates();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    private Gates gates() {
        var settings =
                new Gates.Settings(
                        Duration.ofSeconds(10),
                        Duration.ofSeconds(2),
                        0,
                        OptionalDouble.empty(),
                        1,
                        100);
        ReplayGuard replays = ReplayGuard.inMemory(true, Cast.limits(), clock);
        Foretold foretold =
                (_, claimed, _) -> {
                    assertThat(claimed.name())
                            .isEqualTo(
                                    new Caller.Neuron(ALICE.hotkey(), 1000, Roster.Sees.FULL)
                                            .name());
                    return behindMillis.get() * 1_000_000;
                };
        var parts =
                new Gates.Parts(
                        BOB, () -> ROSTER, ApiKeys.NONE, replays, SharedNonces.NONE, Map.of());
        return new Gates(settings, parts.with(foretold), clock);
    }

    @BeforeEach
    void learn() throws Exception {
        VerifySlots.Slot slot = gates.slots().enter(ELSEWHERE);
        clock.pass(Duration.ofMillis(10));
        slot.close();
    }

    @AfterEach
    void stop() {
        threads.shutdownNow();
        threads.close();
    }

    /// Callers say that they wait for 100 ms; the route for 10 s.
    private Call ask(WhenLate whenLate) throws Exception {
        var route =
                new Route(
                        "/generate",
                        "task",
                        1 << 20,
                        Duration.ofSeconds(10),
                        true,
                        Route.AnswerShape.KILN_1,
                        Set.of(),
                        false,
                        new Patience(Patience.From.HEADER, "x-wait", whenLate));
        List<Header> headers = Cast.and(signed(ALICE, clock).headers(), "x-wait", "100");
        return gates.verify(gates.screen(head(headers, clock), route), BODY);
    }

    private Future<Call> later(WhenLate whenLate) {
        Future<Call> call = threads.submit(() -> ask(whenLate));
        while (gates.verificationsWaiting() < 1 && !call.isDone()) {
            Thread.onSpinWait();
        }
        return call;
    }

    @Test
    void bothWaitsTogetherDecide() throws Exception {
        VerifySlots.Slot busy = gates.slots().enter(ELSEWHERE);
        behindMillis.set(95);

        var refused = catchThrowableOfType(Refused.class, () -> ask(WhenLate.REFUSE));

        assertThat(refused.reason()).isEqualTo(Refusal.LIMIT_WOULD_MISS_DEADLINE);
        assertThat(refused.retryAfter()).contains(Duration.ofMillis(5));
        behindMillis.set(90);
        Future<Call> fits = later(WhenLate.REFUSE);
        busy.close();
        assertThat(fits.get().caller().name()).isEqualTo(ALICE.hotkey().ss58());
    }

    @Test
    void whatNeedNotWaitIsLeftToTheLane() throws Exception {
        behindMillis.set(5_000);

        assertThat(ask(WhenLate.REFUSE).caller().name()).isEqualTo(ALICE.hotkey().ss58());
    }

    @Test
    void whoMayBeLateIsNotRefusedForItBeforeItsTurn() throws Exception {
        behindMillis.set(5_000);
        for (WhenLate whenLate : List.of(WhenLate.QUEUE, WhenLate.ANSWER)) {
            VerifySlots.Slot busy = gates.slots().enter(ELSEWHERE);
            clock.pass(Duration.ofMillis(1));

            Future<Call> waits = later(whenLate);

            busy.close();
            assertThat(waits.get().route().patience().whenLate()).isEqualTo(whenLate);
        }
    }

    @Test
    void onlyALateAnswerIsStillCheckedAfterItsCallersTime() throws Exception {
        VerifySlots.Slot busy = gates.slots().enter(ELSEWHERE);
        Future<Call> queued = later(WhenLate.QUEUE);
        clock.pass(Duration.ofMillis(101));
        busy.close();
        assertThatThrownBy(queued::get)
                .cause()
                .isInstanceOfSatisfying(
                        Refused.class,
                        refused ->
                                assertThat(refused.reason()).isEqualTo(Refusal.LIMIT_VERIFY_QUEUE));

        busy = gates.slots().enter(ELSEWHERE);
        Future<Call> late = later(WhenLate.ANSWER);
        clock.pass(Duration.ofMillis(101));
        busy.close();
        assertThat(late.get().deadline().passed(clock.tick())).isTrue();
    }
}
