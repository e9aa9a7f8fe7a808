package dev.kiln.bittensor.wire;

import static dev.kiln.bittensor.wire.Cast.ALICE;
import static dev.kiln.bittensor.wire.Cast.BOB;
import static dev.kiln.bittensor.wire.Cast.BODY;
import static dev.kiln.bittensor.wire.Cast.CHARLIE;
import static dev.kiln.bittensor.wire.Cast.TARGET;
import static dev.kiln.bittensor.wire.Cast.with;
import static dev.kiln.bittensor.wire.Cast.without;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.bittensor.keys.KeyPair;
import dev.kiln.bittensor.wire.BadAnswer.Fault;
import dev.kiln.core.Asserted;
import dev.kiln.core.Call;
import dev.kiln.core.Header;
import dev.kiln.core.Refusal;
import dev.kiln.core.Refused;
import dev.kiln.core.RequestHead;
import dev.kiln.core.Roster;
import dev.kiln.core.Scheme;
import dev.kiln.core.Stages;
import dev.kiln.core.model.ModelInfo;
import dev.kiln.core.model.Purpose;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class KilnAnswerTest {
    static final ModelInfo MINILM =
            new ModelInfo(
                    "minilm",
                    "ab".repeat(32),
                    "onnxruntime-1.29.0",
                    new Purpose.TextEmbedding(384),
                    new ModelInfo.Device("cpu", "cpu", "cpu"));
    static final Asserted ASSERTED =
            new Asserted(
                    "application/json", Optional.of(MINILM), 4, new Stages(120, 340, 5, 0, 2100));
    static final byte[] ANSWER = "{\"text\": \"hi\"}".getBytes(UTF_8);

    private final HandClock clock = new HandClock(Cast.NOON);
    private final Gates gates = Cast.gates(clock);
    private final RequestSigner alice = new RequestSigner(ALICE, clock);
    private final AnswerCheck check = new AnswerCheck(BOB.hotkey(), Scheme.SR25519);

    private SignedRequest ask() {
        return alice.sign("POST", TARGET, BODY, BOB.hotkey());
    }

    private Answer answer(SignedRequest request) throws Refused {
        return answer(request, 200, ASSERTED);
    }

    private Answer answer(SignedRequest request, int status, Asserted asserted) throws Refused {
        Call call = Cast.pass(gates, Cast.head(request, clock), Cast.ROUTE, BODY);
        clock.pass(Duration.ofMillis(3));
        List<Header> headers = new ArrayList<>(call.seal().seal(status, ANSWER, asserted));
        headers.add(new Header("Content-Type", "application/json"));
        return new Answer(status, headers, ANSWER);
    }

    private Optional<Fault> fault(SignedRequest request, Answer answer) {
        return fault(check, request, answer);
    }

    private Optional<Fault> fault(AnswerCheck with, SignedRequest request, Answer answer) {
        try {
            with.check(request, answer, clock.epochNanos());
            return Optional.empty();
        } catch (BadAnswer bad) {
            return Optional.of(bad.fault());
        }
    }

    private static Answer changed(Answer answer, String name, String value) {
        return new Answer(answer.status(), with(answer.headers(), name, value), answer.body());
    }

    @Test
    void anAnswerGivesAReceipt() throws Exception {
        SignedRequest request = ask();
        Answer answer = answer(request);

        Receipt receipt = check.check(request, answer, clock.epochNanos());

        assertThat(receipt.miner()).isEqualTo(BOB.hotkey());
        assertThat(receipt.status()).isEqualTo(200);
        assertThat(receipt.requestDigest()).isEqualTo(request.digest());
        assertThat(receipt.nonce()).isEqualTo(request.nonce() + 3_000_000);
        assertThat(receipt.model()).contains("minilm");
        assertThat(receipt.asserted())
                .containsExactly(
                        Map.entry("content_type", "application/json"),
                        Map.entry("model", "minilm"),
                        Map.entry("model_sha256", "ab".repeat(32)),
                        Map.entry("engine", "onnxruntime-1.29.0"),
                        Map.entry("device_requested", "cpu"),
                        Map.entry("device_active", "cpu"),
                        Map.entry("device_proved", "cpu"),
                        Map.entry("batch_size", 4L),
                        Map.entry("verify_us", 120L),
                        Map.entry("prepare_us", 340L),
                        Map.entry("queue_us", 5L),
                        Map.entry("batch_wait_us", 0L),
                        Map.entry("compute_us", 2100L));
        assertThat(answer.values("Cache-Control")).containsExactly("no-store, no-transform");
    }

    @Test
    void callersThatSeeLittleAreToldTheModelsNameAndNoMore() throws Exception {
        SignedRequest request =
                new RequestSigner(CHARLIE, clock).sign("POST", TARGET, BODY, BOB.hotkey());

        assertThat(answer(request).values(KilnAnswer.ASSERTED))
                .containsExactly("{\"model\":\"minilm\"}");
        Asserted nothingRan = new Asserted("application/json", Optional.empty(), 0, Stages.NONE);
        SignedRequest second =
                new RequestSigner(CHARLIE, clock).sign("POST", TARGET, BODY, BOB.hotkey());
        assertThat(answer(second, 400, nothingRan).values(KilnAnswer.ASSERTED))
                .containsExactly("{}");
    }

    @Test
    void answersOfTwoRequestsCannotBeSwapped() throws Refused {
        SignedRequest first = ask();
        SignedRequest second = ask();
        Answer toFirst = answer(first);
        Answer toSecond = answer(second);

        assertThat(fault(first, toFirst)).isEmpty();
        assertThat(fault(first, toSecond)).contains(Fault.REQUEST_MISMATCH);
        assertThat(fault(second, toFirst)).isPresent();
    }

    @Test
    void anAnswerReplayedForALaterRequestIsRefused() throws Refused {
        Answer old = answer(ask());
        clock.pass(Duration.ofSeconds(1));

        assertThat(fault(ask(), old)).contains(Fault.OUTSIDE_WINDOW);
    }

    @Test
    void anAnswerReflectedAsARequestIsRefused() throws Refused {
        Answer answer = answer(ask());
        var head =
                new RequestHead(
                        "RESPONSE/1",
                        "/kiln-answer/1/200",
                        answer.headers(),
                        "192.0.2.1",
                        clock.epochNanos(),
                        clock.tick());

        assertThat(Cast.verdict(gates, head)).contains(Refusal.AUTH_MALFORMED);
        assertThat(Cast.verdict(gates, Cast.head(answer.headers(), clock)))
                .contains(Refusal.AUTH_OWN_KEY);
    }

    @Test
    void everyAlterationIsFoundAndNamed() throws Refused {
        SignedRequest request = ask();
        Answer good = answer(request);
        String bound = good.values(KilnAnswer.BOUND).getFirst();
        Map<Answer, Fault> altered =
                Map.ofEntries(
                        Map.entry(new Answer(500, good.headers(), ANSWER), Fault.STATUS_MISMATCH),
                        Map.entry(
                                new Answer(200, good.headers(), new byte[] {1}),
                                Fault.BODY_MISMATCH),
                        Map.entry(
                                changed(good, KilnAnswer.ASSERTED, "{\"model\":\"better\"}"),
                                Fault.ASSERTED_MISMATCH),
                        Map.entry(
                                changed(good, Btauth.SIGNATURE, "0x" + "0".repeat(128)),
                                Fault.BAD_SIGNATURE),
                        Map.entry(
                                changed(good, Btauth.NONCE, Long.toString(request.nonce() + 1)),
                                Fault.BAD_SIGNATURE),
                        Map.entry(
                                changed(good, Btauth.RECEIVER, CHARLIE.hotkey().ss58()),
                                Fault.WRONG_RECEIVER),
                        Map.entry(
                                changed(good, Btauth.HOTKEY, CHARLIE.hotkey().ss58()),
                                Fault.WRONG_SIGNER),
                        Map.entry(changed(good, Btauth.CRYPTO, "ed25519"), Fault.WRONG_SCHEME),
                        Map.entry(
                                changed(good, "Content-Type", "text/html"),
                                Fault.CONTENT_TYPE_MISMATCH),
                        Map.entry(
                                changed(good, "Content-Encoding", "gzip"), Fault.CONTENT_ENCODING),
                        Map.entry(
                                changed(good, KilnAnswer.BOUND, "500" + bound.substring(3)),
                                Fault.STATUS_MISMATCH),
                        Map.entry(changed(good, KilnAnswer.BOUND, "x"), Fault.MALFORMED));
        altered.forEach((answer, expected) ->
                assertThat(fault(request, answer)).as("%s", expected).contains(expected));
        var claimsAnotherStatus =
                new Answer(
                        500,
                        with(good.headers(), KilnAnswer.BOUND, "500" + bound.substring(3)),
                        ANSWER);
        assertThat(fault(request, claimsAnotherStatus)).contains(Fault.BAD_SIGNATURE);
    }

    @Test
    void headersMissingOrTwiceAreNamed() throws Refused {
        SignedRequest request = ask();
        Answer good = answer(request);
        for (Header header : good.headers()) {
            if (header.name().equals("Cache-Control")) {
                continue;
            }
            var missing = new Answer(200, without(good.headers(), header.name()), ANSWER);
            var twice =
                    new Answer(
                            200, Cast.and(good.headers(), header.name(), header.value()), ANSWER);

            assertThat(fault(request, twice)).as(header.name()).contains(Fault.DUPLICATE_HEADER);
            assertThat(fault(request, missing))
                    .as(header.name())
                    .contains(
                            switch (header.name()) {
                                case Btauth.SIGNATURE -> Fault.UNSIGNED;
                                case "Content-Type" -> Fault.CONTENT_TYPE_MISMATCH;
                                default -> Fault.MALFORMED;
                            });
        }
    }

    @Test
    void anotherKeysGoodSignatureIsRefused() throws Refused {
        SignedRequest request = ask();
        Answer foreign = forged(CHARLIE, request);

        assertThat(fault(request, foreign)).contains(Fault.WRONG_SIGNER);
        assertThat(fault(request, changed(foreign, Btauth.HOTKEY, BOB.hotkey().ss58())))
                .contains(Fault.BAD_SIGNATURE);
        assertThat(fault(new AnswerCheck(CHARLIE.hotkey(), Scheme.SR25519), request, foreign))
                .isEmpty();
    }

    private Answer forged(KeyPair by, SignedRequest request) {
        var question =
                new KilnAnswer.Question(
                        request.sender(),
                        Roster.Sees.MINIMAL,
                        request.digest(),
                        request.nonce(),
                        clock.tick());
        return new Answer(
                200, new KilnAnswer(by, clock).to(question).seal(200, ANSWER, ASSERTED), ANSWER);
    }

    @ParameterizedTest
    @EnumSource(Scheme.class)
    void minersOfEitherSchemeSign(Scheme scheme) {
        KeyPair miner = Cast.key("//Bob", scheme);
        SignedRequest request = ask();

        Answer answer = forged(miner, request);

        assertThat(fault(new AnswerCheck(miner.hotkey(), scheme), request, answer)).isEmpty();
        assertThat(answer.values(Btauth.CRYPTO))
                .isEqualTo(scheme == Scheme.ED25519 ? List.of("ed25519") : List.of());
    }

    @Test
    void anAnswersNonceLiesOnTheCallersClockEvenIfTheMinersIsWrong() throws Exception {
        SignedRequest request = ask();
        clock.setWall(Cast.NOON + Duration.ofSeconds(9).toNanos());
        Answer answer = answer(request);

        Receipt receipt = check.check(request, answer, Cast.NOON + 3_000_000);

        assertThat(receipt.nonce()).isEqualTo(Cast.NOON + 3_000_000);
    }

    @Test
    void anAnswerIsGoodForTheWindowAndNoLonger() throws Refused {
        SignedRequest request = ask();
        Answer answer = answer(request);

        clock.pass(Duration.ofSeconds(10));
        assertThat(fault(request, answer)).isEmpty();
        clock.pass(Duration.ofNanos(1));
        assertThat(fault(request, answer)).contains(Fault.OUTSIDE_WINDOW);
        clock.setWall(request.nonce() + 3_000_000 - 2_000_000_001L);
        assertThat(fault(request, answer)).contains(Fault.OUTSIDE_WINDOW);
    }

    @Test
    void noncesOfAnswersToOneCallerAreDistinct() {
        var nonces = new AnswerNonces();
        var taken = new HashSet<Long>();
        for (int i = 0; i < 10_000; i++) {
            assertThat(taken.add(nonces.take(ALICE.hotkey(), Cast.NOON + i / 100))).isTrue();
        }
        assertThat(nonces.take(CHARLIE.hotkey(), Cast.NOON)).isEqualTo(Cast.NOON);
    }

    @Test
    void assertionsAreOneLineOfAsciiAndFitTheHeader() throws Exception {
        var odd =
                new ModelInfo(
                        "m\u00f6del \"x\"\n",
                        "ab".repeat(32),
                        "e".repeat(2000),
                        new Purpose.TextEmbedding(1),
                        new ModelInfo.Device("", "", ""));
        var tooLong = new Asserted("application/json", Optional.of(odd), 1, Stages.NONE);
        SignedRequest request = ask();

        Answer answer = answer(request, 200, tooLong);

        assertThat(answer.values(KilnAnswer.ASSERTED))
                .containsExactly("{\"model\":\"m\\u00F6del \\\"x\\\"\\n\"}");
        assertThat(check.check(request, answer, clock.epochNanos()).model())
                .contains("m\u00f6del \"x\"\n");
    }

    @Test
    void onlyFlatObjectsOfStringsAndIntegersAreReadAsAssertions() {
        for (String bad :
                List.of(
                        "",
                        "[]",
                        "1",
                        " {}",
                        "{} ",
                        "{}{}",
                        "{\"a\":1.5}",
                        "{\"a\":null}",
                        "{\"a\":true}",
                        "{\"a\":{}}",
                        "{\"a\":[]}",
                        "{\"a\":1,\"a\":2}",
                        "{\"a\"",
                        "{\"a\":9223372036854775808}",
                        "{\"a\":\"\u00e9\"}",
                        "{}}",
                        "{\"a\":\"" + "x".repeat(1024) + "\"}")) {
            assertThat(AssertedJson.read(bad)).as(bad).isEmpty();
        }
        assertThat(AssertedJson.read("{\"a\":-1,\"b\":\"c\"}"))
                .contains(Map.of("a", -1L, "b", "c"));
    }

    @Test
    void randomAnswersAreRefusedAndNothingElseIsThrown() throws Refused {
        long seed = ThreadLocalRandom.current().nextLong();
        var random = new Random(seed);
        SignedRequest request = ask();
        Answer good = answer(request);
        for (int i = 0; i < 5_000; i++) {
            Header some = good.headers().get(random.nextInt(good.headers().size()));
            var text = new StringBuilder(some.value());
            int at = random.nextInt(text.length());
            char other =
                    (char) (random.nextInt(4) == 0 ? random.nextInt(0x10000) : random.nextInt(128));
            if (text.charAt(at) == other || some.name().equals("Cache-Control")) {
                continue;
            }
            text.setCharAt(at, other);
            Answer broken = changed(good, some.name(), text.toString());

            assertThat(fault(request, broken)).as("seed %d: %s", seed, some).isPresent();
        }
    }
}
