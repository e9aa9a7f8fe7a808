package dev.kiln.bittensor.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.kiln.core.Header;
import dev.kiln.core.Hotkey;
import dev.kiln.core.Refusal;
import dev.kiln.core.Refused;
import dev.kiln.core.RequestHead;
import dev.kiln.core.Scheme;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Every recorded request gets the reference verifier's verdict, or stands in `docs/protocol.md` as a difference.
class BtauthVectorsTest {
    private static final Pattern ROW =
            Pattern.compile("\\| `([a-z0-9A-Z-]+)` \\| `(\\w+)` \\| `(\\w+)` \\| .+ \\|");

    private static JsonNode vectors() {
        try (InputStream in = BtauthVectorsTest.class.getResourceAsStream("/vectors/btauth.json")) {
            return new JsonMapper().readTree(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<Header> headers(JsonNode node) {
        List<Header> headers = new ArrayList<>();
        node.properties()
                .forEach(field ->
                        headers.add(new Header(field.getKey(), field.getValue().asText())));
        return headers;
    }

    private static byte[] body(JsonNode of) {
        return Base64.getDecoder().decode(of.get("body_base64").asText());
    }

    private static Optional<Refusal> verdict(JsonNode vector) {
        var clock = new HandClock(vector.get("now_ns").asLong());
        JsonNode request = vector.get("request");
        var head =
                new RequestHead(
                        request.get("method").asText(),
                        request.get("target").asText(),
                        headers(request.get("headers")),
                        "192.0.2.1",
                        clock.epochNanos(),
                        clock.tick());
        boolean requireReceiver = vector.get("options").path("require_receiver").asBoolean(true);
        return Cast.verdict(Cast.gates(clock), head, Cast.route(requireReceiver), body(request));
    }

    private static String reference(JsonNode verdict) {
        return verdict.get("accepted").asBoolean() ? "accepted" : verdict.get("error").asText();
    }

    private static String inTheReferencesWords(Optional<Refusal> refusal) {
        if (refusal.isEmpty()) {
            return "accepted";
        }
        return switch (refusal.get()) {
            case AUTH_NO_SIGNATURE, AUTH_MALFORMED -> "MalformedAuth";
            case AUTH_WRONG_RECEIVER -> "WrongReceiver";
            case TIME_TOO_OLD, TIME_IN_FUTURE -> "StaleRequest";
            case AUTH_BAD_SIGNATURE -> "BadSignature";
            case TIME_REPLAY -> "ReplayedRequest";
            case AUTH_SCHEME_MISMATCH -> "no word for it";
            default -> throw new AssertionError(refusal.get());
        };
    }

    @Test
    void everyCaseHasTheReferencesVerdictOrStandsInTheTableOfDifferences() throws IOException {
        var differences = new TreeSet<String>();
        int cases = 0;
        for (JsonNode vector : vectors().get("cases")) {
            cases++;
            String reference = reference(vector.get("reference"));
            Optional<Refusal> ours = verdict(vector);
            if (!inTheReferencesWords(ours).equals(reference)) {
                differences.add(
                        "%s: %s, ours %s"
                                .formatted(
                                        vector.get("name").asText(),
                                        reference,
                                        ours.map(Refusal::name).orElse("accepted")));
            }
        }

        assertThat(cases).isEqualTo(66);
        assertThat(differences).isEqualTo(documented());
    }

    private static Set<String> documented() throws IOException {
        var rows = new TreeSet<String>();
        for (String line : Files.readAllLines(Path.of("../docs/protocol.md"))) {
            var row = ROW.matcher(line);
            if (row.matches()) {
                rows.add("%s: %s, ours %s".formatted(row.group(1), row.group(2), row.group(3)));
            }
        }
        return rows;
    }

    @Test
    void noCaseIsAcceptedThatTheReferenceRefuses() {
        for (JsonNode vector : vectors().get("cases")) {
            if (verdict(vector).isEmpty()) {
                assertThat(reference(vector.get("reference"))).isEqualTo("accepted");
            }
        }
    }

    @Test
    void theReplaySequenceHasTheReferencesVerdicts() {
        JsonNode sequence = vectors().get("replay_sequence");
        var clock = new HandClock(sequence.get("now_ns").asLong());
        Gates gates = Cast.gates(clock);
        for (JsonNode step : sequence.get("steps")) {
            var head =
                    new RequestHead(
                            sequence.get("method").asText(),
                            sequence.get("target").asText(),
                            headers(step.get("headers")),
                            "192.0.2.1",
                            clock.epochNanos(),
                            clock.tick());

            Optional<Refusal> ours = Cast.verdict(gates, head, Cast.ROUTE, body(step));

            assertThat(inTheReferencesWords(ours))
                    .as(step.get("step").asText())
                    .isEqualTo(reference(step.get("reference")));
        }
    }

    @Test
    void everySignedPayloadIsRebuiltByteForByte() {
        for (JsonNode vector : vectors().get("cases")) {
            JsonNode headers = vector.get("request").get("headers");
            if (!vector.get("reference").get("accepted").asBoolean()
                    || verdict(vector).isPresent()) {
                continue;
            }
            Claim.Signed claim = claim(vector, headers);

            assertThat(claim.message().over(body(vector.get("request"))))
                    .as(vector.get("name").asText())
                    .asString(UTF_8)
                    .isEqualTo(vector.get("signed_payload").asText());
        }
    }

    private static Claim.Signed claim(JsonNode vector, JsonNode headers) {
        JsonNode request = vector.get("request");
        var head =
                new RequestHead(
                        request.get("method").asText(),
                        request.get("target").asText(),
                        headers(headers),
                        "",
                        0,
                        0);
        try {
            return new BtauthDialect().read(head);
        } catch (Refused e) {
            throw new AssertionError(e);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "POST,/generate?stream=false,'{\"prompt\": \"hello\"}',true,baf86fd1c333d473ab47b43f8dbd682d51df91b5db8ec09ee06d86f80f4075fd",
        "POST,/generate?stream=false,'{\"prompt\": \"hello\"}',false,58c06dbc09b048f3ba4151e919d063c85a5bb30890c1d4b80f2d973424b1e49b",
        "GET,/health,'',true,cdd17ce2625a259713becda3c933f49b160934697a34c826614ff04575a2689e",
    })
    void payloadsHaveThePinnedDigests(
            String method, String target, String body, boolean bound, String digest) {
        var message =
                new Btauth.Message(
                        Scheme.SR25519,
                        method,
                        target,
                        Digests.sha256Hex(body.getBytes(UTF_8)),
                        Cast.NOON,
                        Cast.ALICE.hotkey(),
                        bound ? Optional.of(Cast.BOB.hotkey()) : Optional.empty());

        assertThat(Digests.sha256Hex(message.payload())).isEqualTo(digest);
    }

    @ParameterizedTest
    @CsvSource({
        "POST,a412103a07aabc0d9e39571f2c720e3eb1b33dfe429c5ad5b7c2f7cc569c86bc",
        "RESPONSE,b1fa43ef6759a23c86fd93574df4c46f7ab92ab3eee768c6d4da2b1bdd2b849e",
    })
    void theWaysAnswersAreSignedElsewhereHaveThePinnedDigests(String method, String digest) {
        Hotkey alice = Cast.ALICE.hotkey();
        var message =
                new Btauth.Message(
                        Scheme.SR25519,
                        method,
                        "/generate",
                        Digests.sha256Hex("{\"text\":\"hi\"}".getBytes(UTF_8)),
                        Cast.NOON + 5,
                        Cast.BOB.hotkey(),
                        Optional.of(alice));

        assertThat(Digests.sha256Hex(message.payload())).isEqualTo(digest);
    }

    @Test
    void theGuidesEd25519SignatureIsMadeToTheByte() {
        var clock = new HandClock(Cast.NOON);

        SignedRequest request = Cast.signed(Cast.ALICE_ED, clock);

        assertThat(request.sender().ss58())
                .isEqualTo("5FA9nQDVg267DEd8m1ZypXLBnvN7SFxYwV7ndqSYGiN9TTpu");
        assertThat(Cast.head(request, clock).values(Btauth.SIGNATURE))
                .containsExactly(
                        "0x1a6b631988bf1f7ea093ab9d5acf61f05c316d0b0e428b24b487b75a5f6ee0e1"
                                + "a56a26918fdf871b6cf09437e6588023a4ce423cf622621b2a7feee17612f704");
    }
}
