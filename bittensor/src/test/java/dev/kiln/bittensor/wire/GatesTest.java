package dev.kiln.bittensor.wire;

import static dev.kiln.bittensor.wire.Cast.ALICE;
import static dev.kiln.bittensor.wire.Cast.ALICE_ED;
import static dev.kiln.bittensor.wire.Cast.BOB;
import static dev.kiln.bittensor.wire.Cast.BODY;
import static dev.kiln.bittensor.wire.Cast.CHARLIE;
import static dev.kiln.bittensor.wire.Cast.MALLORY;
import static dev.kiln.bittensor.wire.Cast.NOON;
import static dev.kiln.bittensor.wire.Cast.ROSTER;
import static dev.kiln.bittensor.wire.Cast.ROUTE;
import static dev.kiln.bittensor.wire.Cast.TARGET;
import static dev.kiln.bittensor.wire.Cast.and;
import static dev.kiln.bittensor.wire.Cast.head;
import static dev.kiln.bittensor.wire.Cast.signed;
import static dev.kiln.bittensor.wire.Cast.verdict;
import static dev.kiln.bittensor.wire.Cast.with;
import static dev.kiln.bittensor.wire.Cast.without;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.kiln.bittensor.keys.Ss58;
import dev.kiln.core.Call;
import dev.kiln.core.Caller;
import dev.kiln.core.Header;
import dev.kiln.core.Refusal;
import dev.kiln.core.Refused;
import dev.kiln.core.RequestHead;
import dev.kiln.core.Roster;
import dev.kiln.core.Route;
import dev.kiln.core.Scheme;
import dev.kiln.core.Seal;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import org.junit.jupiter.api.Test;

class GatesTest {
    private final HandClock clock = new HandClock(NOON);
    private final Gates gates = Cast.gates(clock);

    private Optional<Refusal> verdictOn(List<Header> headers) {
        return verdict(gates, head(headers, clock));
    }

    @Test
    void aSignedRequestBecomesACall() throws Refused {
        Call call = Cast.pass(gates, head(signed(ALICE, clock), clock), ROUTE, BODY);

        assertThat(call.caller())
                .isEqualTo(new Caller.Neuron(ALICE.hotkey(), 1000, Roster.Sees.FULL));
        assertThat(call.deadline().left(clock.tick())).isEqualTo(Duration.ofSeconds(10).toNanos());
        assertThat(call.seal()).isNotEqualTo(Seal.NONE);
    }

    @Test
    void ed25519IsTakenFromCallersThatTheRosterPinsToIt() {
        assertThat(verdictOn(signed(ALICE_ED, clock).headers())).isEmpty();
    }

    @Test
    void aStrangerIsRefusedBeforeTheBodyIsRead() {
        var refused =
                catchThrowableOfType(
                        Refused.class,
                        () -> gates.screen(head(signed(MALLORY, clock), clock), ROUTE));

        assertThat(refused.reason()).isEqualTo(Refusal.AUTH_UNKNOWN_CALLER);
    }

    @Test
    void permitAndStakeAreAskedFromTheRoster() {
        var settings =
                new Gates.Settings(
                        Duration.ofSeconds(10),
                        Duration.ofSeconds(2),
                        500,
                        OptionalDouble.empty(),
                        1,
                        1);
        Roster roster =
                Cast.roster(
                        Cast.member(ALICE, 1000, false, Roster.Sees.MINIMAL),
                        Cast.member(CHARLIE, 499.9, true, Roster.Sees.MINIMAL),
                        Cast.member(ALICE_ED, 500, true, Roster.Sees.MINIMAL));
        Gates choosy = Cast.gates(settings, () -> roster, clock);

        assertThat(verdict(choosy, head(signed(ALICE, clock), clock)))
                .contains(Refusal.AUTH_NO_PERMIT);
        assertThat(verdict(choosy, head(signed(CHARLIE, clock), clock)))
                .contains(Refusal.AUTH_LOW_STAKE);
        assertThat(verdict(choosy, head(signed(ALICE_ED, clock), clock))).isEmpty();
    }

    @Test
    void aStakeThatIsNotANumberIsTooLow() {
        Roster roster = Cast.roster(Cast.member(ALICE, Double.NaN, true, Roster.Sees.MINIMAL));

        assertThat(
                        verdict(
                                Cast.gates(Gates.Settings.DEFAULTS, () -> roster, clock),
                                head(signed(ALICE, clock), clock)))
                .contains(Refusal.AUTH_LOW_STAKE);
    }

    @Test
    void aStaleRosterRefusesEverybody() {
        Roster.Source stale =
                () -> {
                    throw new Refused(Refusal.ROSTER_STALE, "the roster is too old");
                };

        assertThat(
                        verdict(
                                Cast.gates(Gates.Settings.DEFAULTS, stale, clock),
                                head(signed(ALICE, clock), clock)))
                .contains(Refusal.ROSTER_STALE);
    }

    @Test
    void theRosterPinsTheSchemeWhateverTheHeaderSays() {
        List<Header> named = and(signed(ALICE, clock).headers(), Btauth.CRYPTO, "ed25519");
        List<Header> stripped = without(signed(ALICE_ED, clock).headers(), Btauth.CRYPTO);

        assertThat(verdictOn(named)).contains(Refusal.AUTH_SCHEME_MISMATCH);
        assertThat(verdictOn(stripped)).contains(Refusal.AUTH_SCHEME_MISMATCH);
    }

    @Test
    void namingTheDefaultSchemeIsAccepted() {
        assertThat(verdictOn(and(signed(ALICE, clock).headers(), Btauth.CRYPTO, "sr25519")))
                .isEmpty();
    }

    @Test
    void theMinersOwnKeyIsNeverACaller() {
        Roster withBob = Cast.roster(Cast.member(BOB, 1000, true, Roster.Sees.MINIMAL));

        assertThat(
                        verdict(
                                Cast.gates(Gates.Settings.DEFAULTS, () -> withBob, clock),
                                head(signed(BOB, clock), clock)))
                .contains(Refusal.AUTH_OWN_KEY);
    }

    @Test
    void anAnswersMethodIsNeverARequest() {
        List<Header> headers = signed(ALICE, clock).headers();
        for (String method : List.of("RESPONSE/1", "RESPONSE", "response", "", "PO ST", "P\nOST")) {
            var head =
                    new RequestHead(
                            method, TARGET, headers, "192.0.2.1", clock.epochNanos(), clock.tick());

            assertThat(verdict(gates, head)).as(method).contains(Refusal.AUTH_MALFORMED);
        }
    }

    @Test
    void aTargetThatWouldShiftTheSignedLinesIsRefused() {
        List<Header> headers = signed(ALICE, clock).headers();
        for (String target : List.of("/x\ny", "/\u00e9", "/x\ty", "")) {
            var head =
                    new RequestHead(
                            "POST", target, headers, "192.0.2.1", clock.epochNanos(), clock.tick());

            assertThat(verdict(gates, head)).as(target).contains(Refusal.AUTH_MALFORMED);
        }
    }

    @Test
    void anotherMinersRequestIsRefused() {
        SignedRequest forCharlie =
                new RequestSigner(ALICE, clock).sign("POST", TARGET, BODY, CHARLIE.hotkey());
        String sameKeyElsewhere = Ss58.encode(BOB.hotkey().accountId(), 0);

        assertThat(verdictOn(forCharlie.headers())).contains(Refusal.AUTH_WRONG_RECEIVER);
        assertThat(
                        verdictOn(
                                with(
                                        signed(ALICE, clock).headers(),
                                        Btauth.RECEIVER,
                                        sameKeyElsewhere)))
                .contains(Refusal.AUTH_WRONG_RECEIVER);
    }

    @Test
    void aRouteMayTakeUnboundRequestsButNeverBoundToAnother() {
        Route open = Cast.route(false);
        var signer = new RequestSigner(ALICE, clock);
        SignedRequest unbound = signer.sign("POST", TARGET, BODY, Optional.empty());
        SignedRequest forCharlie = signer.sign("POST", TARGET, BODY, CHARLIE.hotkey());

        assertThat(verdict(gates, head(unbound, clock), ROUTE, BODY))
                .contains(Refusal.AUTH_WRONG_RECEIVER);
        assertThat(verdict(gates, head(unbound, clock), open, BODY)).isEmpty();
        assertThat(verdict(gates, head(forCharlie, clock), open, BODY))
                .contains(Refusal.AUTH_WRONG_RECEIVER);
    }

    @Test
    void everyHeaderOfTheFamilyComesAtMostOnce() {
        List<Header> headers = signed(ALICE, clock).headers();
        for (Header header : headers) {
            assertThat(
                            verdictOn(
                                    and(
                                            headers,
                                            header.name().toLowerCase(Locale.ROOT),
                                            header.value())))
                    .as(header.name())
                    .contains(Refusal.AUTH_DUPLICATE_HEADER);
        }
        List<Header> unknown = and(headers, "X-Bittensor-Drand-Round", "1");

        assertThat(verdictOn(and(unknown, "x-bittensor-drand-round", "2")))
                .contains(Refusal.AUTH_DUPLICATE_HEADER);
        assertThat(verdictOn(unknown)).isEmpty();
    }

    @Test
    void aMissingHeaderIsRefused() {
        List<Header> headers = signed(ALICE, clock).headers();
        assertThat(verdictOn(without(headers, Btauth.SIGNATURE)))
                .contains(Refusal.AUTH_NO_SIGNATURE);
        assertThat(verdictOn(with(headers, Btauth.SIGNATURE, "")))
                .contains(Refusal.AUTH_NO_SIGNATURE);
        assertThat(verdictOn(without(headers, Btauth.VERSION))).contains(Refusal.AUTH_MALFORMED);
        assertThat(verdictOn(without(headers, Btauth.HOTKEY))).contains(Refusal.AUTH_MALFORMED);
        assertThat(verdictOn(without(headers, Btauth.NONCE))).contains(Refusal.AUTH_MALFORMED);
        assertThat(verdictOn(without(headers, Btauth.RECEIVER)))
                .contains(Refusal.AUTH_WRONG_RECEIVER);
        assertThat(verdictOn(List.of())).contains(Refusal.AUTH_NO_SIGNATURE);
        assertThat(verdictOn(List.of(new Header("X_Bittensor_Version", "1"))))
                .contains(Refusal.AUTH_NO_SIGNATURE);
    }

    @Test
    void theWindowsEdgesAreTheReferences() {
        for (long edge : List.of(10_000_000_000L, -2_000_000_000L)) {
            SignedRequest request = signed(ALICE, clock);
            clock.setWall(request.nonce() + edge);
            assertThat(verdict(gates, head(request, clock))).as("%d", edge).isEmpty();
            clock.setWall(request.nonce() + edge + Long.signum(edge));
            assertThat(verdict(gates, head(request, clock)))
                    .as("%d and one", edge)
                    .contains(edge > 0 ? Refusal.TIME_TOO_OLD : Refusal.TIME_IN_FUTURE);
            clock.setWall(NOON + 1);
        }
    }

    @Test
    void aNonceBeyondSixtyThreeBitsIsInTheFuture() {
        assertThat(verdictOn(with(signed(ALICE, clock).headers(), Btauth.NONCE, "9".repeat(19))))
                .contains(Refusal.TIME_IN_FUTURE);
    }

    @Test
    void twoDialectsAtOnceAreRefusedAndNothingIsTriedAfterAFailure() {
        List<Header> both =
                and(signed(ALICE, clock).headers(), "Authorization", "Bearer " + Cast.API_KEY);
        List<Header> badSignatureAndGoodKey = with(both, Btauth.SIGNATURE, "0x" + "0".repeat(128));

        assertThat(verdictOn(both)).contains(Refusal.AUTH_TWO_DIALECTS);
        assertThat(verdictOn(badSignatureAndGoodKey)).contains(Refusal.AUTH_TWO_DIALECTS);
        assertThat(verdictOn(and(signed(ALICE, clock).headers(), "bt_header_dendrite_nonce", "1")))
                .contains(Refusal.AUTH_TWO_DIALECTS);
        assertThat(verdictOn(List.of(new Header("bt_header_dendrite_nonce", "1"))))
                .contains(Refusal.AUTH_DIALECT_NOT_ACCEPTED);
    }

    @Test
    void otherAuthorizationIsNotADialect() {
        assertThat(verdictOn(and(signed(ALICE, clock).headers(), "Authorization", "Basic eDp5")))
                .isEmpty();
        assertThat(verdictOn(List.of(new Header("Authorization", "Basic eDp5"))))
                .contains(Refusal.AUTH_NO_SIGNATURE);
    }

    @Test
    void aRouteTakesOnlyTheDialectsItLists() {
        Route keysOnly = Cast.route(true, ApiKeyDialect.NAME);
        var bearer = List.of(new Header("Authorization", "Bearer " + Cast.API_KEY));

        assertThat(verdict(gates, head(signed(ALICE, clock), clock), keysOnly, BODY))
                .contains(Refusal.AUTH_DIALECT_NOT_ACCEPTED);
        assertThat(verdict(gates, head(bearer, clock), keysOnly, BODY)).isEmpty();
        assertThat(verdict(gates, head(bearer, clock), Cast.route(true, Btauth.NAME), BODY))
                .contains(Refusal.AUTH_DIALECT_NOT_ACCEPTED);
    }

    @Test
    void anApiKeyMakesACallThatIsNotSigned() throws Refused {
        var bearer = List.of(new Header("authorization", "bearer " + Cast.API_KEY));

        Call call = Cast.pass(gates, head(bearer, clock), ROUTE, BODY);

        assertThat(call.caller()).isEqualTo(new Caller.KeyHolder("laptop"));
        assertThat(call.seal()).isEqualTo(Seal.NONE);
        assertThat(
                        verdictOn(
                                List.of(
                                        new Header(
                                                "Authorization",
                                                "Bearer wrong-key-of-some-length"))))
                .contains(Refusal.AUTH_BAD_API_KEY);
        assertThat(verdictOn(and(bearer, "Authorization", "Bearer x")))
                .contains(Refusal.AUTH_DUPLICATE_HEADER);
    }

    @Test
    void aBadSignatureUsesNothingUp() {
        SignedRequest request = signed(ALICE, clock);
        RequestHead altered =
                head(with(request.headers(), Btauth.SIGNATURE, "0x" + "0".repeat(128)), clock);

        assertThat(verdict(gates, altered)).contains(Refusal.AUTH_BAD_SIGNATURE);
        assertThat(verdict(gates, head(request, clock), ROUTE, new byte[] {1}))
                .contains(Refusal.AUTH_BAD_SIGNATURE);
        assertThat(verdict(gates, head(request, clock))).isEmpty();
        assertThat(verdict(gates, head(request, clock))).contains(Refusal.TIME_REPLAY);
    }

    @Test
    void theFirstGateThatFailsIsTheOneNamed() {
        List<Header> headers = signed(MALLORY, clock).headers();
        List<Header> staleForAnother =
                with(with(headers, Btauth.NONCE, "1"), Btauth.RECEIVER, CHARLIE.hotkey().ss58());

        assertThat(verdictOn(with(staleForAnother, Btauth.VERSION, "2")))
                .contains(Refusal.AUTH_MALFORMED);
        assertThat(verdictOn(staleForAnother)).contains(Refusal.AUTH_WRONG_RECEIVER);
        assertThat(verdictOn(with(headers, Btauth.NONCE, "1")))
                .contains(Refusal.AUTH_UNKNOWN_CALLER);
    }

    @Test
    void noRateHoldsUnlessConfigured() throws Refused {
        for (int i = 0; i < 300; i++) {
            gates.count(Cast.pass(gates, head(signed(ALICE, clock), clock), ROUTE, BODY));
            clock.setWall(clock.epochNanos() + 1);
        }
    }

    @Test
    void aRateIsCountedPerProvenCallerWithATruthfulWait() throws Refused {
        var settings =
                new Gates.Settings(
                        Duration.ofSeconds(10),
                        Duration.ofSeconds(2),
                        0,
                        OptionalDouble.of(2),
                        1,
                        1);
        Gates limited = Cast.gates(settings, () -> ROSTER, clock);
        var signer = new RequestSigner(ALICE, clock);
        for (int i = 0; i < 2; i++) {
            limited.count(next(limited, signer));
        }
        Call third = next(limited, signer);

        var refused = catchThrowableOfType(Refused.class, () -> limited.count(third));

        assertThat(refused.reason()).isEqualTo(Refusal.LIMIT_RATE_CALLER);
        assertThat(refused.retryAfter()).contains(Duration.ofMillis(500));
        limited.count(next(limited, new RequestSigner(CHARLIE, clock)));
        clock.pass(refused.retryAfter().orElseThrow());
        limited.count(next(limited, signer));
    }

    private Call next(Gates at, RequestSigner signer) throws Refused {
        return Cast.pass(
                at, head(signer.sign("POST", TARGET, BODY, BOB.hotkey()), clock), ROUTE, BODY);
    }

    @Test
    void aRouteMayLeaveAnswersUnsigned() throws Refused {
        var unsigned =
                new Route(
                        "/generate",
                        "task",
                        1,
                        Duration.ofSeconds(1),
                        true,
                        Route.AnswerShape.OFF,
                        Set.of());

        assertThat(Cast.pass(gates, head(signed(ALICE, clock), clock), unsigned, BODY).seal())
                .isEqualTo(Seal.NONE);
    }

    @Test
    void theMedianAgeShowsAClockThatIsOff() {
        var signer = new RequestSigner(ALICE, clock);
        assertThat(gates.clock().medianAge()).isEmpty();
        for (int i = 0; i < 16; i++) {
            SignedRequest request = signer.sign("POST", TARGET, BODY, BOB.hotkey());
            clock.pass(Duration.ofSeconds(3));
            assertThat(verdict(gates, head(request, clock))).isEmpty();
        }

        assertThat(gates.clock().medianAge()).contains(Duration.ofSeconds(3));
    }

    @Test
    void eachCallersClockIsLearntFromItsOwnRequests() {
        var fast = new HandClock(NOON + Duration.ofMillis(1500).toNanos());
        var broken = new HandClock(NOON - Duration.ofMinutes(5).toNanos());
        for (int i = 0; i < 3; i++) {
            assertThat(verdictOn(signed(ALICE, fast).headers())).isEmpty();
            assertThat(verdictOn(signed(CHARLIE, broken).headers())).contains(Refusal.TIME_TOO_OLD);
            fast.pass(Duration.ofMillis(10));
            broken.pass(Duration.ofMillis(10));
            clock.pass(Duration.ofMillis(10));
        }
        verdictOn(signed(MALLORY, broken).headers());

        assertThat(gates.callerClocks().ages())
                .containsOnlyKeys(ALICE.hotkey().ss58(), CHARLIE.hotkey().ss58())
                .containsEntry(
                        ALICE.hotkey().ss58(),
                        new CallerClocks.Ages(
                                Optional.of(Duration.ofMillis(-1500)), Optional.empty()))
                .containsEntry(
                        CHARLIE.hotkey().ss58(),
                        new CallerClocks.Ages(
                                Optional.empty(), Optional.of(Duration.ofMinutes(5))));
    }

    @Test
    void messagesNeverRepeatWhatAStrangerSent() {
        String marker = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQZ";
        for (String name :
                List.of(Btauth.HOTKEY, Btauth.NONCE, Btauth.RECEIVER, Btauth.SIGNATURE)) {
            List<Header> headers = with(signed(ALICE, clock).headers(), name, marker);

            assertThatThrownBy(() -> gates.screen(head(headers, clock), ROUTE))
                    .isInstanceOf(Refused.class)
                    .message()
                    .doesNotContain(marker)
                    .hasSizeLessThan(160);
        }
    }

    @Test
    void settingsOfTheReferenceAreTheDefaults() {
        assertThat(Gates.Settings.DEFAULTS.maxAge()).isEqualTo(Duration.ofSeconds(10));
        assertThat(Gates.Settings.DEFAULTS.skew()).isEqualTo(Duration.ofSeconds(2));
        assertThat(Btauth.DEFAULT_SCHEME).isEqualTo(Scheme.SR25519);
    }
}
