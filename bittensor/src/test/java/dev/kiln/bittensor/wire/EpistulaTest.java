package dev.kiln.bittensor.wire;

import static dev.kiln.bittensor.wire.Cast.ALICE;
import static dev.kiln.bittensor.wire.Cast.BOB;
import static dev.kiln.bittensor.wire.Cast.BODY;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.kiln.bittensor.keys.KeyFormatException;
import dev.kiln.bittensor.keys.Ss58;
import dev.kiln.core.Asserted;
import dev.kiln.core.Call;
import dev.kiln.core.Header;
import dev.kiln.core.Hotkey;
import dev.kiln.core.Refusal;
import dev.kiln.core.Refused;
import dev.kiln.core.RequestHead;
import dev.kiln.core.Roster;
import dev.kiln.core.Stages;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The golden requests were signed by another implementation of sr25519; `interop/epistula_golden.py` makes them.
class EpistulaTest {
    private static final long MILLI = 1_000_000;

    private final HandClock clock = new HandClock(Cast.NOON);
    private final Gates gates = Cast.gates(clock);
    private final EpistulaSigner signer = new EpistulaSigner(ALICE, clock);

    private static JsonNode vectors() {
        try (InputStream in = EpistulaTest.class.getResourceAsStream("/vectors/epistula.json")) {
            return new JsonMapper().readTree(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Stream<JsonNode> golden() {
        return StreamSupport.stream(vectors().get("cases").spliterator(), false);
    }

    @ParameterizedTest
    @MethodSource("golden")
    void everyGoldenRequestGetsItsVerdict(JsonNode vector) {
        var noon = new HandClock(vectors().get("now_ms").asLong() * MILLI);
        Roster roster = Cast.roster(Cast.member(BOB, 1000, true, Roster.Sees.FULL));
        var gatesOfAlice =
                new Gates(
                        Gates.Settings.DEFAULTS,
                        new Gates.Parts(
                                ALICE,
                                () -> roster,
                                ApiKeys.NONE,
                                ReplayGuard.inMemory(true, Cast.limits(), noon)),
                        noon);
        List<Header> headers = new ArrayList<>();
        vector.get("headers")
                .properties()
                .forEach(field ->
                        headers.add(new Header(field.getKey(), field.getValue().asText())));
        var head =
                new RequestHead(
                        vector.get("method").asText(),
                        vector.get("target").asText(),
                        headers,
                        "192.0.2.1",
                        noon.epochNanos(),
                        noon.tick());

        Optional<Refusal> verdict =
                Cast.verdict(
                        gatesOfAlice,
                        head,
                        Cast.route(vector.get("require_receiver").asBoolean()),
                        Base64.getDecoder().decode(vector.get("body_base64").asText()));

        assertThat(verdict.map(Refusal::name).orElse("accepted"))
                .as(vector.get("name").asText())
                .isEqualTo(vector.get("verdict").asText());
    }

    @Test
    void theReferencesOwnVectorIsRebuilt() throws KeyFormatException {
        Hotkey alice = Ss58.hotkey("5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY");
        var message =
                new Epistula.Message(
                        "POST",
                        "/x",
                        1795245899599L,
                        "6f1f1c4e-3a0c-4b7e-9b1a-0d7c1d2e3f40",
                        alice.ss58());

        assertThat(
                        message.signed(
                                "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}"
                                        .getBytes(UTF_8)))
                .isEqualTo(
                        "798d46639491d6c18f1779ddfca7da4b672f23a4cb57d66eeae48d9b8ccb6075"
                                + ".6f1f1c4e-3a0c-4b7e-9b1a-0d7c1d2e3f40.1795245899599."
                                + alice.ss58());
    }

    @Test
    void requestsOfOneMillisecondAreAllTakenAndNoneTwice() {
        for (int i = 0; i < 64; i++) {
            SignedRequest request = signer.sign("POST", Cast.TARGET, BODY, BOB.hotkey());

            assertThat(Cast.verdict(gates, Cast.head(request, clock))).isEmpty();
            assertThat(Cast.verdict(gates, Cast.head(request, clock)))
                    .contains(Refusal.TIME_REPLAY);
        }
    }

    @Test
    void everyHeaderComesAtMostOnce() {
        List<Header> headers = signer.sign("POST", Cast.TARGET, BODY, BOB.hotkey()).headers();
        for (Header header : headers) {
            assertThat(
                            Cast.verdict(
                                    gates,
                                    Cast.head(
                                            Cast.and(headers, header.name(), header.value()),
                                            clock)))
                    .as(header.name())
                    .contains(Refusal.AUTH_DUPLICATE_HEADER);
        }
    }

    @Test
    void theAnswerIsBoundToTargetAndSignedMessage() throws Refused, BadAnswer {
        SignedRequest request = signer.sign("POST", Cast.TARGET, BODY, BOB.hotkey());
        long askedAt = clock.epochNanos();
        Call call = Cast.pass(gates, Cast.head(request, clock), Cast.ROUTE, BODY);
        clock.pass(Duration.ofMillis(7));
        byte[] body = "{}".getBytes(US_ASCII);
        var asserted = new Asserted("application/json", Optional.empty(), 0, Stages.NONE);

        List<Header> headers = new ArrayList<>(call.seal().seal(200, body, asserted));
        headers.add(new Header("Content-Type", "application/json"));
        Receipt receipt =
                new AnswerCheck(BOB.hotkey(), BOB.scheme())
                        .check(request, new Answer(200, headers, body), clock.epochNanos());

        String uuid = Cast.head(request, clock).values("Epistula-Uuid").getFirst();
        String lines =
                "epistula\nPOST\n%s\n%s.%s.%d.%s"
                        .formatted(
                                Cast.TARGET,
                                Digests.sha256Hex(BODY),
                                uuid,
                                askedAt / MILLI,
                                BOB.hotkey());
        assertThat(receipt.requestDigest()).isEqualTo(Digests.sha256Hex(lines.getBytes(US_ASCII)));
        assertThat(receipt.nonce()).isEqualTo(askedAt / MILLI * MILLI + 7 * MILLI);
    }
}
