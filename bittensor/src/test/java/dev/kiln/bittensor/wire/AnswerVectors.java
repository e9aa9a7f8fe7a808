package dev.kiln.bittensor.wire;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kiln.bittensor.keys.KeyPair;
import dev.kiln.core.Asserted;
import dev.kiln.core.Header;
import dev.kiln.core.Roster;
import dev.kiln.core.Scheme;
import dev.kiln.core.Stages;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Makes the golden cases of `kiln-answer/1`. All keys are ed25519, so that every run makes the same bytes.
final class AnswerVectors {
    private static final KeyPair CALLER = Cast.ALICE_ED;
    private static final KeyPair MINER = Cast.BOB_ED;
    private static final KeyPair OTHER = Cast.key("//Charlie", Scheme.ED25519);
    private static final long RECEIVED = Cast.NOON + 9_000_000;

    private final JsonMapper json = new JsonMapper();
    private final ObjectNode root = json.createObjectNode();

    private AnswerVectors() {}

    static JsonNode build() {
        var vectors = new AnswerVectors();
        vectors.head();
        vectors.good();
        vectors.altered();
        vectors.foreign();
        return vectors.root;
    }

    private void head() {
        root.put(
                "what",
                "kiln-answer/1: saved exchanges and the verdict on each. Keys are public development keys, all ed25519 and so the same to the byte every time.");
        root.putObject("caller").put("uri", "//Alice").put("ed25519", CALLER.hotkey().ss58());
        root.putObject("miner").put("uri", "//Bob").put("ed25519", MINER.hotkey().ss58());
        root.putObject("other").put("uri", "//Charlie").put("ed25519", OTHER.hotkey().ss58());
        root.putArray("cases");
    }

    /// One question and its answer 3 ms later.
    private static Exchange exchange(
            String target, KeyPair miner, Roster.Sees sees, int status, Asserted asserted) {
        var clock = new HandClock(Cast.NOON);
        SignedRequest request =
                new RequestSigner(CALLER, clock).sign("POST", target, Cast.BODY, MINER.hotkey());
        var question =
                new KilnAnswer.Question(
                        CALLER.hotkey(), sees, request.digest(), request.nonce(), clock.tick());
        clock.pass(Duration.ofMillis(3));
        byte[] body = status == 204 ? new byte[0] : KilnAnswerTest.ANSWER;
        List<Header> headers =
                new ArrayList<>(
                        new KilnAnswer(miner, clock).to(question).seal(status, body, asserted));
        headers.add(new Header("Content-Type", "application/json"));
        return new Exchange(
                "POST",
                target,
                request.headers(),
                Cast.BODY,
                new Answer(status, headers, body),
                RECEIVED,
                MINER.hotkey(),
                Scheme.ED25519);
    }

    private static Exchange plain() {
        return exchange(Cast.TARGET, MINER, Roster.Sees.FULL, 200, KilnAnswerTest.ASSERTED);
    }

    private static Exchange with(Exchange exchange, Answer answer) {
        return at(exchange, answer, RECEIVED);
    }

    private static Exchange at(Exchange exchange, Answer answer, long received) {
        return new Exchange(
                exchange.method(),
                exchange.target(),
                exchange.requestHeaders(),
                exchange.requestBody(),
                answer,
                received,
                exchange.miner(),
                exchange.scheme());
    }

    private static Exchange changed(String name, String value) {
        Exchange plain = plain();
        Answer answer = plain.answer();
        return with(
                plain,
                new Answer(
                        answer.status(), Cast.with(answer.headers(), name, value), answer.body()));
    }

    private void good() {
        var nothingRan = new Asserted("application/json", Optional.empty(), 0, Stages.NONE);
        add("full", "everything asserted", plain());
        add(
                "minimal",
                "the model's name and no more",
                exchange(Cast.TARGET, MINER, Roster.Sees.MINIMAL, 200, KilnAnswerTest.ASSERTED));
        add(
                "refusal",
                "refusals are signed as answers are; no model ran",
                exchange(Cast.TARGET, MINER, Roster.Sees.MINIMAL, 429, nothingRan));
        add("empty", "no body", exchange("/a%20b?", MINER, Roster.Sees.MINIMAL, 204, nothingRan));
        add(
                "age-10s",
                "exactly at the window",
                at(plain(), plain().answer(), Cast.NOON + 10_003_000_000L));
    }

    private void altered() {
        Exchange plain = plain();
        Answer answer = plain.answer();
        add(
                "status-changed",
                "signed as 200",
                with(plain, new Answer(500, answer.headers(), answer.body())));
        add(
                "body-changed",
                "",
                with(plain, new Answer(200, answer.headers(), "{}".getBytes(UTF_8))));
        add(
                "asserted-changed",
                "a better model than the one signed",
                changed(KilnAnswer.ASSERTED, "{\"model\":\"better\"}"));
        add("content-type-changed", "", changed("Content-Type", "text/html"));
        add("content-encoding", "", changed("Content-Encoding", "gzip"));
        add("nonce-changed", "", changed(Btauth.NONCE, Long.toString(Cast.NOON + 5)));
        add("scheme-changed", "", changed(Btauth.CRYPTO, "sr25519"));
        add("signature-zero", "", changed(Btauth.SIGNATURE, "0x" + "0".repeat(128)));
        add(
                "unsigned",
                "a fault of transport",
                with(
                        plain,
                        new Answer(
                                200,
                                Cast.without(answer.headers(), Btauth.SIGNATURE),
                                answer.body())));
        add(
                "duplicate",
                "",
                with(
                        plain,
                        new Answer(
                                200,
                                Cast.and(answer.headers(), KilnAnswer.ASSERTED, "{}"),
                                answer.body())));
        add(
                "age-10s-and-1ns",
                "one nanosecond too old",
                at(plain, answer, Cast.NOON + 10_003_000_001L));
    }

    private void foreign() {
        Exchange plain = plain();
        Exchange another =
                exchange("/other", MINER, Roster.Sees.FULL, 200, KilnAnswerTest.ASSERTED);
        Exchange byOther =
                exchange(Cast.TARGET, OTHER, Roster.Sees.FULL, 200, KilnAnswerTest.ASSERTED);
        add("swapped", "the answer to another request", with(plain, another.answer()));
        add("signed-by-other", "good, but not by the miner asked", with(plain, byOther.answer()));
        add(
                "signed-by-other-as-miner",
                "another's signature under the miner's name",
                with(
                        plain,
                        new Answer(
                                200,
                                Cast.with(
                                        byOther.answer().headers(),
                                        Btauth.HOTKEY,
                                        MINER.hotkey().ss58()),
                                byOther.answer().body())));
        add(
                "for-other",
                "bound to another caller",
                changed(Btauth.RECEIVER, OTHER.hotkey().ss58()));
        add(
                "shape-a2",
                "signed with method RESPONSE and the request's target, as some subnets do",
                with(plain, shapeA2(plain)));
    }

    private static Answer shapeA2(Exchange plain) {
        var message =
                new Btauth.Message(
                        Scheme.ED25519,
                        "RESPONSE",
                        plain.target(),
                        Digests.sha256Hex(plain.answer().body()),
                        Cast.NOON + 3_000_000,
                        MINER.hotkey(),
                        Optional.of(CALLER.hotkey()));
        String signature = Btauth.spell(MINER.sign(message.payload()));
        return new Answer(
                200,
                Cast.with(plain.answer().headers(), Btauth.SIGNATURE, signature),
                plain.answer().body());
    }

    private void add(String name, String note, Exchange exchange) {
        try {
            ObjectNode one = (ObjectNode) json.readTree(exchange.toJson());
            ObjectNode verdict = json.createObjectNode();
            try {
                Receipt receipt = exchange.check();
                verdict.put("accepted", true);
                one.put("request_digest", receipt.requestDigest());
                one.put("signed_payload", payload(exchange, receipt));
            } catch (BadAnswer bad) {
                verdict.put("accepted", false).put("fault", bad.fault().name());
            }
            ObjectNode named = json.createObjectNode();
            named.put("name", name).put("note", note);
            named.setAll(one);
            named.set("verdict", verdict);
            root.withArray("/cases").add(named);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String payload(Exchange exchange, Receipt receipt) {
        String json = exchange.answer().values(KilnAnswer.ASSERTED).getFirst();
        var bound =
                new KilnAnswer.Bound(
                        exchange.answer().status(),
                        receipt.requestDigest(),
                        Digests.sha256Hex(json.getBytes(UTF_8)),
                        Digests.sha256Hex(exchange.answer().body()));
        return new String(
                bound.message(Scheme.ED25519, receipt.nonce(), MINER.hotkey(), CALLER.hotkey())
                        .payload(),
                UTF_8);
    }
}
