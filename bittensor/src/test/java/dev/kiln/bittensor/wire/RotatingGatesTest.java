package dev.kiln.bittensor.wire;

import static dev.kiln.bittensor.wire.Cast.ALICE;
import static dev.kiln.bittensor.wire.Cast.BOB;
import static dev.kiln.bittensor.wire.Cast.BODY;
import static dev.kiln.bittensor.wire.Cast.NOON;
import static dev.kiln.bittensor.wire.Cast.ROSTER;
import static dev.kiln.bittensor.wire.Cast.ROUTE;
import static dev.kiln.bittensor.wire.Cast.TARGET;
import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.bittensor.keys.KeyPair;
import dev.kiln.core.Asserted;
import dev.kiln.core.Call;
import dev.kiln.core.Header;
import dev.kiln.core.Refusal;
import dev.kiln.core.Refused;
import dev.kiln.core.Scheme;
import dev.kiln.core.Stages;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RotatingGatesTest {
    private static final KeyPair NEXT = KeyPair.generate(Scheme.ED25519);
    private static final KeyPair THIRD = KeyPair.generate(Scheme.SR25519);
    private static final Duration GRACE = Duration.ofMinutes(5);

    @TempDir private Path state = Path.of("");

    private final HandClock clock = new HandClock(NOON);
    private ReplayGuard replays = ReplayGuard.inMemory(true, Cast.limits(), clock);
    private RotatingGates gates = rotating();

    private RotatingGates rotating() {
        return rotating(BOB);
    }

    private RotatingGates rotating(KeyPair miner) {
        try {
            var parts = new Gates.Parts(miner, () -> ROSTER, ApiKeys.of(List.of()), replays);
            return new RotatingGates(
                    new Gates(Gates.Settings.DEFAULTS, parts, clock), replays, clock);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @BeforeEach
    void oldEnough() {
        clock.pass(Duration.ofMinutes(1));
    }

    private SignedRequest to(KeyPair miner) {
        clock.pass(Duration.ofMillis(1));
        return new RequestSigner(ALICE, clock).sign("POST", TARGET, BODY, miner.hotkey());
    }

    private Call pass(SignedRequest request) throws Exception {
        return gates.verify(gates.screen(Cast.head(request, clock), ROUTE), BODY);
    }

    private Optional<Refusal> verdict(SignedRequest request) throws Exception {
        try {
            pass(request);
            return Optional.empty();
        } catch (Refused refused) {
            return Optional.of(refused.reason());
        }
    }

    private static String signer(Call call) {
        var nothingRan = new Asserted("application/json", Optional.empty(), 0, Stages.NONE);
        return call.seal().seal(200, BODY, nothingRan).stream()
                .filter(header -> header.name().equals(Btauth.HOTKEY))
                .map(Header::value)
                .findFirst()
                .orElseThrow();
    }

    @Test
    void bothKeysAreAnsweredForTheGraceEachByItself() throws Exception {
        assertThat(verdict(to(NEXT))).contains(Refusal.AUTH_WRONG_RECEIVER);
        assertThat(gates.rotate(NEXT, GRACE)).isTrue();

        assertThat(gates.hotkey()).isEqualTo(NEXT.hotkey());
        assertThat(signer(pass(to(NEXT)))).isEqualTo(NEXT.hotkey().ss58());
        assertThat(signer(pass(to(BOB)))).isEqualTo(BOB.hotkey().ss58());
        assertThat(verdict(to(THIRD))).contains(Refusal.AUTH_WRONG_RECEIVER);

        clock.pass(GRACE);
        assertThat(verdict(to(BOB))).contains(Refusal.AUTH_WRONG_RECEIVER);
        gates.forget();
        assertThat(verdict(to(BOB))).contains(Refusal.AUTH_WRONG_RECEIVER);
        assertThat(verdict(to(NEXT))).isEmpty();
    }

    @Test
    void aRequestThatPassedTheHeadersBeforeTheRotationIsAnsweredByTheOldKey() throws Exception {
        var screened = gates.screen(Cast.head(to(BOB), clock), ROUTE);

        gates.rotate(NEXT, Duration.ZERO);
        gates.forget();

        assertThat(signer(gates.verify(screened, BODY))).isEqualTo(BOB.hotkey().ss58());
        assertThat(verdict(to(BOB))).contains(Refusal.AUTH_WRONG_RECEIVER);
    }

    @Test
    void aNonceUsedForOneKeyIsUsedForTheOther() throws Exception {
        SignedRequest first = to(BOB);
        var sameNonce = new RequestSigner(ALICE, clock).sign("POST", TARGET, BODY, NEXT.hotkey());
        assertThat(verdict(first)).isEmpty();

        gates.rotate(NEXT, GRACE);

        assertThat(verdict(first)).contains(Refusal.TIME_REPLAY);
        assertThat(verdict(sameNonce)).contains(Refusal.TIME_REPLAY);
    }

    @Test
    void keysCanBeRotatedInAChainAndBack() throws Exception {
        gates.rotate(NEXT, GRACE);
        gates.rotate(THIRD, GRACE);
        for (KeyPair key : List.of(BOB, NEXT, THIRD)) {
            assertThat(signer(pass(to(key)))).isEqualTo(key.hotkey().ss58());
        }

        gates.rotate(BOB, GRACE);
        clock.pass(GRACE);

        assertThat(verdict(to(BOB))).isEmpty();
        assertThat(verdict(to(NEXT))).contains(Refusal.AUTH_WRONG_RECEIVER);
        assertThat(verdict(to(THIRD))).contains(Refusal.AUTH_WRONG_RECEIVER);
    }

    @Test
    void afterAnUncleanStopTheFenceLetsAKeyRotateAtOnce() throws Exception {
        SignedRequest before =
                new RequestSigner(ALICE, clock).sign("POST", TARGET, BODY, NEXT.hotkey());
        clock.pass(Duration.ofSeconds(1));
        replays = ReplayGuard.inMemory(false, Cast.limits(), clock);
        gates = rotating();

        assertThat(gates.rotate(NEXT, GRACE)).isTrue();

        assertThat(verdict(before)).contains(Refusal.TIME_BEFORE_FENCE);
        clock.pass(Cast.limits().skew().plusMillis(1));
        assertThat(verdict(to(NEXT))).isEmpty();
    }

    @Test
    void afterACleanStopTheFloorsLetAKeyRotateAtOnce() throws Exception {
        replays = ReplayGuard.open(state, BOB.hotkey(), false, Cast.limits(), clock);
        gates = rotating();
        clock.pass(Cast.limits().skew().plusMillis(1));
        gates.rotate(NEXT, GRACE);
        SignedRequest used = to(NEXT);
        assertThat(verdict(used)).isEmpty();
        gates.rotate(BOB, GRACE);
        replays.stop();

        replays = ReplayGuard.open(state, BOB.hotkey(), false, Cast.limits(), clock);
        gates = rotating();
        assertThat(replays.start().kind()).isEqualTo(ReplayGuard.Start.Kind.CLEAN);
        assertThat(gates.rotate(NEXT, GRACE)).isTrue();

        assertThat(verdict(used)).isPresent();
        assertThat(verdict(to(NEXT))).isEmpty();
    }

    @Test
    void aProcessWhoseKeyWasNewKnowsNothingOfOthersAndWaits() throws Exception {
        replays = ReplayGuard.inMemory(true, Cast.limits(), clock);
        gates = rotating();

        assertThat(gates.rotate(NEXT, GRACE)).isFalse();
        assertThat(gates.hotkey()).isEqualTo(BOB.hotkey());

        clock.pass(Duration.ofSeconds(43));
        assertThat(gates.rotate(NEXT, GRACE)).isTrue();
    }

    /// What the first process accepted for another key must not be accepted by the third, though the second was new.
    @Test
    void aNewKeysCleanStopCoversWhatWasBeforeIt() throws Exception {
        replays = ReplayGuard.open(state, NEXT.hotkey(), true, Cast.limits(), clock);
        gates = rotating(NEXT);
        SignedRequest used = to(NEXT);
        assertThat(verdict(used)).isEmpty();

        ReplayGuard fresh = ReplayGuard.open(state, BOB.hotkey(), true, Cast.limits(), clock);
        fresh.stop();
        replays = ReplayGuard.open(state, BOB.hotkey(), false, Cast.limits(), clock);
        gates = rotating();

        assertThat(replays.start().kind()).isEqualTo(ReplayGuard.Start.Kind.CLEAN);
        assertThat(gates.rotate(NEXT, GRACE)).isTrue();
        assertThat(verdict(used)).isPresent();
    }

    @Test
    void theMarkOfACleanStopIsTheNewKeys() throws Exception {
        replays = ReplayGuard.open(state, BOB.hotkey(), true, Cast.limits(), clock);
        gates = rotating();
        clock.pass(Duration.ofMinutes(1));
        gates.rotate(NEXT, GRACE);
        SignedRequest request = to(BOB);
        assertThat(verdict(request)).isEmpty();
        assertThat(replays.stop()).isEmpty();

        ReplayGuard after = ReplayGuard.open(state, NEXT.hotkey(), false, Cast.limits(), clock);

        assertThat(after.start().kind()).isEqualTo(ReplayGuard.Start.Kind.CLEAN);
    }
}
