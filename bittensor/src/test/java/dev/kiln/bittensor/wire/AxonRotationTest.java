package dev.kiln.bittensor.wire;

import static dev.kiln.bittensor.wire.Cast.ALICE;
import static dev.kiln.bittensor.wire.Cast.BOB;
import static dev.kiln.bittensor.wire.Cast.CHARLIE;
import static dev.kiln.bittensor.wire.Cast.ROSTER;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.kiln.bittensor.keys.KeyPair;
import dev.kiln.core.Asserted;
import dev.kiln.core.Call;
import dev.kiln.core.Header;
import dev.kiln.core.Refusal;
import dev.kiln.core.Refused;
import dev.kiln.core.RequestHead;
import dev.kiln.core.Route;
import dev.kiln.core.Scheme;
import dev.kiln.core.Stages;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// The axon dialect while the miner's hotkey is exchanged.
class AxonRotationTest {
    private static final String PATH = "/TextEmbedding";
    private static final KeyPair NEXT = KeyPair.generate(Scheme.SR25519);
    private static final Route ROUTE =
            new Route(
                    PATH, "task", 1 << 20, Duration.ofSeconds(10), true, Route.AnswerShape.KILN_1);

    private final HandClock clock = new HandClock(Cast.NOON);
    private final ReplayGuard replays = ReplayGuard.inMemory(true, Cast.limits(), clock);
    private final RotatingGates gates =
            new RotatingGates(
                    new Gates(
                            Gates.Settings.DEFAULTS,
                            new Gates.Parts(
                                    BOB,
                                    () -> ROSTER,
                                    ApiKeys.NONE,
                                    replays,
                                    Map.of(PATH, HashFields.NONE)),
                            clock),
                    replays,
                    clock);

    private AxonRequestSigner.Signed axon(KeyPair caller, KeyPair miner) {
        clock.pass(Duration.ofMillis(1));
        var synapse =
                new AxonRequestSigner.Synapse(
                        "TextEmbedding",
                        Map.of("texts", List.of("a")),
                        Map.of(),
                        HashFields.NONE,
                        Duration.ofSeconds(12));
        return new AxonRequestSigner(caller, "192.0.2.1", clock)
                .sign(synapse, new AxonRequestSigner.Miner(miner.hotkey(), "127.0.0.1", 8091));
    }

    private Call pass(SignedRequest request, byte[] body) throws Refused, InterruptedException {
        var head =
                new RequestHead(
                        "POST",
                        PATH,
                        request.headers(),
                        "192.0.2.1",
                        clock.epochNanos(),
                        clock.tick());
        return gates.verify(gates.screen(head, ROUTE), body);
    }

    @Test
    void duringTheGraceEitherKeyIsNamedAndAnswersForItself() throws Exception {
        clock.pass(Duration.ofMinutes(1));
        gates.rotate(NEXT, Duration.ofMinutes(5));
        var asserted = new Asserted("application/json", Optional.empty(), 0, Stages.NONE);

        for (KeyPair miner : List.of(BOB, NEXT)) {
            AxonRequestSigner.Signed asked = axon(ALICE, miner);
            var headers =
                    new ArrayList<>(
                            pass(asked.request(), asked.body())
                                    .seal()
                                    .seal(200, new byte[0], asserted));
            headers.add(new Header("Content-Type", "application/json"));

            Receipt receipt =
                    new AnswerCheck(miner.hotkey(), Scheme.SR25519)
                            .check(
                                    asked.request(),
                                    new Answer(200, headers, new byte[0]),
                                    clock.epochNanos());

            assertThat(receipt.miner()).isEqualTo(miner.hotkey());
        }
    }

    @Test
    void anotherKeyDoesNotForgetWhoHasMovedOn() throws Exception {
        clock.pass(Duration.ofMinutes(1));
        byte[] body = {};
        pass(new RequestSigner(ALICE, clock).sign("POST", PATH, body, BOB.hotkey()), body);
        gates.rotate(NEXT, Duration.ofMinutes(5));

        for (KeyPair miner : List.of(BOB, NEXT)) {
            AxonRequestSigner.Signed old = axon(ALICE, miner);
            var refused =
                    catchThrowableOfType(Refused.class, () -> pass(old.request(), old.body()));

            assertThat(refused.reason()).isEqualTo(Refusal.AUTH_STEP_BACK);
        }
        AxonRequestSigner.Signed other = axon(CHARLIE, NEXT);
        assertThat(pass(other.request(), other.body()).caller().name())
                .isEqualTo(CHARLIE.hotkey().ss58());
    }
}
