package dev.kiln.bittensor.wire;

import static dev.kiln.bittensor.wire.Cast.ALICE;
import static dev.kiln.bittensor.wire.Cast.BOB;
import static dev.kiln.bittensor.wire.Cast.CHARLIE;
import static dev.kiln.bittensor.wire.Cast.NOON;
import static dev.kiln.bittensor.wire.Cast.and;
import static dev.kiln.bittensor.wire.Cast.verdict;
import static dev.kiln.bittensor.wire.Cast.with;
import static dev.kiln.bittensor.wire.Cast.without;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.bittensor.keys.KeyPair;
import dev.kiln.bittensor.keys.Ss58;
import dev.kiln.core.Header;
import dev.kiln.core.Hotkey;
import dev.kiln.core.Patience;
import dev.kiln.core.Refusal;
import dev.kiln.core.Refused;
import dev.kiln.core.RequestHead;
import dev.kiln.core.Roster;
import dev.kiln.core.Route;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AxonDialectTest {
    private static final String PATH = "/TextEmbedding";
    private static final HashFields HASHED = HashFields.parse("texts list[str], scale float");

    private final HandClock clock = new HandClock(NOON);
    private final Gates gates = gates(HashFields.NONE);
    private final AxonRequestSigner.Signed asked = ask(ALICE, HashFields.NONE, 12);
    private final List<Header> headers = asked.request().headers();

    private Gates gates(HashFields hashed) {
        return Cast.axonGates(Map.of(PATH, hashed), () -> Cast.ROSTER, clock);
    }

    private AxonRequestSigner.Signed ask(KeyPair key, HashFields hashed, int seconds) {
        var signer = new AxonRequestSigner(key, "203.0.113.7", clock);
        var synapse =
                new AxonRequestSigner.Synapse(
                        "TextEmbedding",
                        Map.of("texts", List.of("hello", "wörld"), "scale", 1.0),
                        Map.of(),
                        hashed,
                        Duration.ofSeconds(seconds));
        return signer.sign(synapse, new AxonRequestSigner.Miner(BOB.hotkey(), "127.0.0.1", 8091));
    }

    private static Route route(boolean allowStepBack) {
        return new Route(
                PATH,
                "task",
                1 << 20,
                Duration.ofSeconds(10),
                true,
                Route.AnswerShape.KILN_1,
                Set.of(),
                allowStepBack,
                Patience.DEFAULT);
    }

    private RequestHead head(List<Header> of) {
        return new RequestHead("POST", PATH, of, "192.0.2.1", clock.epochNanos(), clock.tick());
    }

    private Optional<Refusal> verdictOn(List<Header> of) {
        return verdict(gates, head(of), route(false), asked.body());
    }

    @Test
    void aRequestOfADendritesShapeIsTakenAndNoneTwice() {
        assertThat(verdictOn(headers)).isEmpty();
        assertThat(verdictOn(headers)).contains(Refusal.TIME_REPLAY);
    }

    @Test
    void aPathWithoutASynapseDoesNotTakeTheDialect() {
        var elsewhere =
                new RequestHead("POST", "/generate", headers, "", clock.epochNanos(), clock.tick());

        assertThat(verdict(gates, elsewhere, Cast.ROUTE, asked.body()))
                .contains(Refusal.AUTH_DIALECT_NOT_ACCEPTED);
    }

    @ParameterizedTest
    @CsvSource({
        "bt_header_dendrite_signature, AUTH_NO_SIGNATURE",
        "bt_header_dendrite_nonce, AUTH_MALFORMED",
        "bt_header_dendrite_uuid, AUTH_MALFORMED",
        "bt_header_dendrite_hotkey, AUTH_MALFORMED",
        "bt_header_axon_hotkey, AUTH_WRONG_RECEIVER",
        "computed_body_hash, AUTH_MALFORMED",
    })
    void aHeaderThatIsSignedOrBindsMustBeThere(String name, Refusal refusal) {
        assertThat(verdictOn(without(headers, name))).contains(refusal);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "name",
                "timeout",
                "bt_header_axon_ip",
                "bt_header_axon_port",
                "bt_header_dendrite_ip",
                "bt_header_dendrite_version",
                "bt_header_input_obj_texts",
                "header_size",
                "total_size"
            })
    void theOthersMayBeMissing(String name) {
        assertThat(verdictOn(without(headers, name))).isEmpty();
    }

    @Test
    void everyHeaderComesAtMostOnceHowItIsSpelled() {
        for (Header header : headers) {
            assertThat(
                            verdictOn(
                                    and(
                                            headers,
                                            header.name().toUpperCase(Locale.ROOT),
                                            header.value())))
                    .as(header.name())
                    .contains(Refusal.AUTH_DUPLICATE_HEADER);
        }
    }

    @Test
    void noHeaderMayBeNonAsciiOrOversized() {
        for (Header header : headers) {
            for (String value :
                    List.of(header.value() + "é", "\u0661\u0662", "1".repeat(9_000), "a\nb")) {
                assertThat(verdictOn(with(headers, header.name(), value)))
                        .as(header.name())
                        .contains(Refusal.AUTH_MALFORMED);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "bt_header_dendrite_nonce, 1752076800.5",
        "bt_header_dendrite_nonce, 1752076800000000000.0",
        "bt_header_dendrite_nonce, 1.7e18",
        "bt_header_dendrite_nonce, now",
        "bt_header_dendrite_nonce, +1752076800000000000",
        "bt_header_dendrite_nonce, 1_752_076_800_000_000_000",
        "bt_header_dendrite_nonce, 017520768000000000",
        "bt_header_dendrite_nonce, -1",
        "bt_header_dendrite_nonce, 0",
        "bt_header_dendrite_nonce, None",
        "bt_header_dendrite_uuid, 398de3e6.e58b",
        "bt_header_dendrite_uuid, ''",
        "bt_header_dendrite_hotkey, 0xd43593c715fdd31c61141abd04a99fd6822c8558854ccde39a5684e7a56da27d",
        "bt_header_dendrite_version, 10.5.0",
        "bt_header_axon_port, 80.0",
        "bt_header_axon_ip, localhost",
        "bt_header_dendrite_ip, '1.2.3.4, 5.6.7.8'",
        "computed_body_hash, ''",
        "computed_body_hash, A7FFC6F8BF1ED76651C14756A061D662F580FF4DE43B49FA82D80A4B80F8434A",
        "timeout, inf",
        "timeout, -1",
        "timeout, 1e9",
        "timeout, nan",
        "timeout, '12,0'",
        "timeout, 9999999999",
        "header_size, many",
        "total_size, 1.5",
    })
    void otherSpellingsAreRefused(String name, String value) {
        assertThat(verdictOn(with(headers, name, value))).contains(Refusal.AUTH_MALFORMED);
    }

    @Test
    void aSignatureHasOneSpelling() {
        String good = head(headers).values(Axon.SIGNATURE).getFirst();

        assertThat(verdictOn(with(headers, Axon.SIGNATURE, "")))
                .contains(Refusal.AUTH_NO_SIGNATURE);
        for (String other :
                List.of(
                        good.substring(2),
                        good.toUpperCase(Locale.ROOT),
                        good + "00",
                        "0x",
                        "0X1")) {
            assertThat(verdictOn(with(headers, Axon.SIGNATURE, other)))
                    .contains(Refusal.AUTH_MALFORMED);
        }
        assertThat(verdictOn(with(headers, Axon.SIGNATURE, "0x" + "00".repeat(64))))
                .contains(Refusal.AUTH_BAD_SIGNATURE);
    }

    @Test
    void theBytesWrappingIsRefused() {
        Header nonce = new Header(Axon.NONCE, head(headers).values(Axon.NONCE).getFirst());
        String message =
                "%s.%s.%s.%s.%s"
                        .formatted(
                                nonce.value(),
                                ALICE.hotkey(),
                                BOB.hotkey(),
                                head(headers).values(Axon.UUID).getFirst(),
                                head(headers).values(Axon.BODY_HASH).getFirst());
        byte[] wrapped = ("<Bytes>" + message + "</Bytes>").getBytes(UTF_8);
        byte[] plain = message.getBytes(UTF_8);

        assertThat(verdictOn(with(headers, Axon.SIGNATURE, Btauth.spell(ALICE.sign(wrapped)))))
                .contains(Refusal.AUTH_BAD_SIGNATURE);
        assertThat(verdictOn(with(headers, Axon.SIGNATURE, Btauth.spell(ALICE.sign(plain)))))
                .isEmpty();
    }

    @Test
    void anotherReceiverIsRefusedThoughTheSignatureNamesUs() {
        for (String other :
                List.of(
                        CHARLIE.hotkey().ss58(),
                        Ss58.encode(BOB.hotkey().accountId(), 2),
                        "nobody",
                        "")) {
            assertThat(verdictOn(with(headers, Axon.AXON_HOTKEY, other)))
                    .contains(Refusal.AUTH_WRONG_RECEIVER);
        }
    }

    @Test
    void aMinersOwnKeyIsNeverACaller() {
        assertThat(verdictOn(ask(BOB, HashFields.NONE, 12).request().headers()))
                .contains(Refusal.AUTH_OWN_KEY);
    }

    @Test
    void hashFieldsBindTheBody() {
        Gates strict = gates(HASHED);
        AxonRequestSigner.Signed bound = ask(ALICE, HASHED, 12);
        String body = new String(bound.body(), UTF_8);
        byte[] asInteger = body.replace("\"scale\":1.0", "\"scale\":1").getBytes(UTF_8);
        byte[] changed = body.replace("hello", "HELLO").getBytes(UTF_8);
        byte[] without = body.replace("\"scale\"", "\"skale\"").getBytes(UTF_8);
        RequestHead head = head(bound.request().headers());

        assertThat(verdict(strict, head, route(false), changed)).contains(Refusal.AUTH_BODY_HASH);
        assertThat(verdict(strict, head, route(false), without)).contains(Refusal.AUTH_BODY_HASH);
        assertThat(verdict(strict, head, route(false), "{oops".getBytes(UTF_8)))
                .contains(Refusal.TASK_BAD_INPUT);
        assertThat(verdict(strict, head, route(false), asInteger)).isEmpty();
        assertThat(verdict(gates, head, route(false), bound.body()))
                .as("a hash over fields that this miner does not hash")
                .contains(Refusal.AUTH_BODY_HASH);
    }

    @ParameterizedTest
    @CsvSource({
        "12, 15900, true",
        "12, 16100, false",
        "3, 9900, true",
        "3, 10100, false",
        "600, 29900, true",
        "600, 30100, false",
        "0, 9900, true",
        "0, 10100, false",
    })
    void aLongTimeoutWidensTheWindowUpToItsCap(int timeout, int ageMillis, boolean taken) {
        AxonRequestSigner.Signed patient = ask(ALICE, HashFields.NONE, timeout);
        clock.pass(Duration.ofMillis(ageMillis));

        Optional<Refusal> verdict =
                verdict(gates, head(patient.request().headers()), route(false), patient.body());

        assertThat(verdict.isEmpty()).isEqualTo(taken);
        assertThat(verdict.orElse(Refusal.TIME_TOO_OLD)).isEqualTo(Refusal.TIME_TOO_OLD);
    }

    @ParameterizedTest
    @CsvSource({"3, 3000", "12, 10000", "0, 10000"})
    void aShortTimeoutShortensTheDeadline(int timeout, int leftMillis) throws Refused {
        AxonRequestSigner.Signed hurried = ask(ALICE, HashFields.NONE, timeout);

        var call =
                Cast.pass(gates, head(hurried.request().headers()), route(false), hurried.body());

        assertThat(call.deadline().left(clock.tick()))
                .isEqualTo(Duration.ofMillis(leftMillis).toNanos());
    }

    @Test
    void afterABtauthRequestTheSameCallersAxonRequestsAreRefused() {
        clock.pass(Duration.ofMillis(1));
        var modern =
                new RequestHead(
                        "POST",
                        PATH,
                        new RequestSigner(ALICE, clock)
                                .sign("POST", PATH, asked.body(), BOB.hotkey())
                                .headers(),
                        "",
                        clock.epochNanos(),
                        clock.tick());
        clock.pass(Duration.ofMillis(1));
        List<Header> later = ask(ALICE, HashFields.NONE, 12).request().headers();

        assertThat(verdictOn(headers)).isEmpty();
        assertThat(verdict(gates, modern, route(false), asked.body())).isEmpty();
        assertThat(verdictOn(later)).contains(Refusal.AUTH_STEP_BACK);
        assertThat(verdictOn(ask(CHARLIE, HashFields.NONE, 12).request().headers())).isEmpty();
        assertThat(verdict(gates, head(later), route(true), asked.body())).isEmpty();
    }

    @Test
    void aForgedBtauthRequestTakesNothingFromTheCallerItNames() {
        List<Header> forged =
                with(
                        new RequestSigner(ALICE, clock)
                                .sign("POST", PATH, asked.body(), BOB.hotkey())
                                .headers(),
                        Btauth.SIGNATURE,
                        "0x" + "00".repeat(64));

        assertThat(verdictOn(forged)).contains(Refusal.AUTH_BAD_SIGNATURE);
        assertThat(verdictOn(headers)).isEmpty();
    }

    @Test
    void twoDialectsInOneRequestAreRefusedWhicheverHolds() {
        List<Header> both = new ArrayList<>(headers);
        both.addAll(Cast.signed(ALICE, clock).headers());

        assertThat(verdictOn(both)).contains(Refusal.AUTH_TWO_DIALECTS);
        assertThat(verdictOn(and(headers, "Epistula-Version", "2")))
                .contains(Refusal.AUTH_TWO_DIALECTS);
    }

    @Test
    void modernCallersAreNeverMoreThanTheRosterHas() {
        var seen = new ModernCallers();
        var two =
                Cast.roster(
                        Cast.member(ALICE, 1, true, Roster.Sees.FULL),
                        Cast.member(CHARLIE, 1, true, Roster.Sees.FULL));
        for (int i = 0; i < 100; i++) {
            byte[] account = new byte[Hotkey.LENGTH];
            account[0] = (byte) i;
            seen.saw(new Hotkey(account, "5" + i), two);
            seen.saw(ALICE.hotkey(), two);
        }

        assertThat(seen.size()).isLessThanOrEqualTo(2);
        assertThat(seen.contains(ALICE.hotkey())).isTrue();
    }

    @Test
    void randomHeadersAreRefusedAndNothingElseIsThrown() {
        long seed = ThreadLocalRandom.current().nextLong();
        var random = new Random(seed);
        for (int i = 0; i < 20_000; i++) {
            List<Header> changed = new ArrayList<>(headers);
            for (int changes = random.nextInt(4); changes > 0; changes--) {
                int at = random.nextInt(changed.size());
                Header old = changed.get(at);
                changed.set(at, new Header(old.name(), mutated(old.value(), random)));
            }
            try {
                gates.screen(head(changed), route(false));
            } catch (Refused expected) {
                assertThat(expected.reason().name()).matches("(AUTH|TIME)_.*");
            } catch (RuntimeException bug) {
                throw new AssertionError("seed " + seed + ", round " + i, bug);
            }
        }
    }

    private static String mutated(String value, Random random) {
        if (value.isEmpty()) {
            return value;
        }
        int at = random.nextInt(value.length());
        return switch (random.nextInt(3)) {
            case 0 -> value.substring(0, at);
            case 1 -> value.substring(0, at) + (char) random.nextInt(300) + value.substring(at);
            default ->
                    value.substring(0, at) + (char) random.nextInt(300) + value.substring(at + 1);
        };
    }
}
