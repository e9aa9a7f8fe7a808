package dev.kiln.bittensor.wire;

import static dev.kiln.bittensor.wire.Cast.BODY;
import static dev.kiln.bittensor.wire.Cast.TARGET;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kiln.bittensor.keys.KeyPair;
import dev.kiln.core.Call;
import dev.kiln.core.Header;
import dev.kiln.core.Refusal;
import dev.kiln.core.Refused;
import dev.kiln.core.RequestHead;
import dev.kiln.core.Scheme;
import dev.kiln.core.Time;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The real SDK asks and checks. Needs `.venv` at the repository's root, made by `interop/setup`; without it these tests
/// are skipped, or fail where `KILN_REQUIRE_INTEROP=1`.
@Timeout(120)
class PythonInteropIT {
    private static final JsonMapper JSON = new JsonMapper();
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static @Nullable Process python;
    private static @Nullable BufferedWriter in;
    private static @Nullable BufferedReader out;

    @BeforeEach
    void start() throws IOException {
        if (python != null) {
            return;
        }
        Path interpreter = ROOT.resolve(".venv/bin/python");
        if (!Files.isExecutable(interpreter)) {
            String reason = "no .venv at the repository's root; run interop/setup to make it";
            if ("1".equals(System.getenv("KILN_REQUIRE_INTEROP"))) {
                fail(reason);
            }
            assumeTrue(false, reason);
        }
        Process started =
                new ProcessBuilder(
                                interpreter.toString(),
                                "src/test/resources/interop/driver.py",
                                ROOT.resolve("interop").toString())
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        python = started;
        in = started.outputWriter(UTF_8);
        out = started.inputReader(UTF_8);
    }

    @AfterAll
    static void stop() {
        if (python != null) {
            python.destroy();
        }
    }

    private static synchronized JsonNode tell(ObjectNode command) throws IOException {
        assertThat(in).isNotNull();
        assertThat(out).isNotNull();
        in.write(command.toString());
        in.newLine();
        in.flush();
        String reply = out.readLine();
        assertThat(reply).as("the driver ended").isNotNull();
        return JSON.readTree(reply);
    }

    private static List<Header> sdkSigns(Scheme scheme, String target, byte[] body)
            throws IOException {
        ObjectNode command = JSON.createObjectNode();
        command.put("op", "sign").put("uri", "//Alice").put("scheme", scheme.wireName());
        command.put("method", "POST").put("target", target);
        command.put("body_base64", Base64.getEncoder().encodeToString(body));
        command.put("receiver", Cast.BOB.hotkey().ss58());
        List<Header> headers = new ArrayList<>();
        tell(command)
                .get("ok")
                .properties()
                .forEach(field ->
                        headers.add(new Header(field.getKey(), field.getValue().asText())));
        return headers;
    }

    private static Gates gates(KeyPair miner) {
        ReplayGuard replays = ReplayGuard.inMemory(true, Cast.limits(), Time.SYSTEM);
        return new Gates(
                Gates.Settings.DEFAULTS,
                new Gates.Parts(miner, () -> Cast.ROSTER, ApiKeys.NONE, replays),
                Time.SYSTEM);
    }

    private static RequestHead head(String target, List<Header> headers) {
        return new RequestHead(
                "POST", target, headers, "127.0.0.1", Time.SYSTEM.epochNanos(), Time.SYSTEM.tick());
    }

    @ParameterizedTest
    @EnumSource(Scheme.class)
    void theSdksRequestsAreAcceptedOnceAndAlteredOnesAreNot(Scheme scheme) throws Exception {
        Gates gates = gates(Cast.BOB);
        for (String target : List.of(TARGET, "/a%20b/%C3%A9?q=1&r=%2F", "/x?")) {
            List<Header> headers = sdkSigns(scheme, target, BODY);

            assertThat(Cast.verdict(gates, head(target, headers), Cast.ROUTE, new byte[0]))
                    .contains(Refusal.AUTH_BAD_SIGNATURE);
            assertThat(Cast.verdict(gates, head(target + "x", headers), Cast.ROUTE, BODY))
                    .contains(Refusal.AUTH_BAD_SIGNATURE);
            assertThat(Cast.verdict(gates, head(target, headers))).isEmpty();
            assertThat(Cast.verdict(gates, head(target, headers))).contains(Refusal.TIME_REPLAY);
        }
    }

    private static Exchange exchange(KeyPair miner, KeyPair caller) throws Refused {
        SignedRequest request =
                new RequestSigner(caller, Time.SYSTEM).sign("POST", TARGET, BODY, miner.hotkey());
        Call call = Cast.pass(gates(miner), head(TARGET, request.headers()), Cast.ROUTE, BODY);
        List<Header> headers =
                new ArrayList<>(
                        call.seal().seal(200, KilnAnswerTest.ANSWER, KilnAnswerTest.ASSERTED));
        headers.add(new Header("Content-Type", "application/json"));
        return new Exchange(
                "POST",
                TARGET,
                request.headers(),
                BODY,
                new Answer(200, headers, KilnAnswerTest.ANSWER),
                Time.SYSTEM.epochNanos(),
                miner.hotkey(),
                miner.scheme());
    }

    /// What kiln_verify.py says: empty for an accepted answer, else the SDK's error.
    private static Optional<String> sdkSays(JsonNode exchange, String caller) throws IOException {
        ObjectNode command = exchange.deepCopy();
        command.put("op", "verify").put("caller", caller);
        JsonNode reply = tell(command);
        return reply.has("ok") ? Optional.empty() : Optional.of(reply.get("refused").asText());
    }

    private static Optional<String> sdkSays(Exchange exchange, KeyPair caller) throws IOException {
        return sdkSays(JSON.readTree(exchange.toJson()), caller.hotkey().ss58());
    }

    private static Exchange answeredBy(Exchange request, Answer answer) {
        return new Exchange(
                request.method(),
                request.target(),
                request.requestHeaders(),
                request.requestBody(),
                answer,
                request.receivedEpochNanos(),
                request.miner(),
                request.scheme());
    }

    @ParameterizedTest
    @EnumSource(Scheme.class)
    void theSdkAcceptsOurAnswersAndRefusesSwappedAlteredAndForeignOnes(Scheme scheme)
            throws Exception {
        KeyPair miner = Cast.key("//Bob", scheme);
        Exchange good = exchange(miner, Cast.ALICE);
        Answer answer = good.answer();
        var otherStatus = new Answer(500, answer.headers(), answer.body());
        var otherBody = new Answer(200, answer.headers(), new byte[] {1});
        var otherFacts =
                new Answer(
                        200, Cast.with(answer.headers(), KilnAnswer.ASSERTED, "{}"), answer.body());
        Exchange toAnother = exchange(miner, Cast.ALICE);
        Exchange toCharlie = exchange(miner, Cast.CHARLIE);
        Exchange byMallory = exchange(Cast.key("//Mallory", scheme), Cast.ALICE);

        assertThat(sdkSays(good, Cast.ALICE)).isEmpty();
        assertThat(sdkSays(answeredBy(good, otherStatus), Cast.ALICE)).contains("BadSignature");
        assertThat(sdkSays(answeredBy(good, otherBody), Cast.ALICE)).contains("BadSignature");
        assertThat(sdkSays(answeredBy(good, otherFacts), Cast.ALICE)).contains("BadSignature");
        assertThat(sdkSays(answeredBy(good, toAnother.answer()), Cast.ALICE))
                .contains("BadSignature");
        assertThat(sdkSays(answeredBy(good, toCharlie.answer()), Cast.ALICE)).isPresent();
        assertThat(sdkSays(answeredBy(good, byMallory.answer()), Cast.ALICE))
                .contains("BadSignature");
    }

    @Test
    void anAnswerReflectedAsARequestIsRefused() throws Exception {
        Exchange good = exchange(Cast.BOB, Cast.ALICE);

        assertThat(Cast.verdict(gates(Cast.ALICE), head(TARGET, good.answer().headers())))
                .isPresent();
        assertThat(Cast.verdict(gates(Cast.BOB), head(TARGET, good.answer().headers())))
                .contains(Refusal.AUTH_OWN_KEY);
    }

    @Test
    void everyGoldenCaseIsAcceptedOrRefusedAlike() throws IOException {
        for (JsonNode one : AnswerVectorsTest.file().get("cases")) {
            boolean accepted = sdkSays(one, Cast.ALICE_ED.hotkey().ss58()).isEmpty();

            assertThat(accepted)
                    .as(one.get("name").asText())
                    .isEqualTo(one.get("verdict").get("accepted").asBoolean());
        }
    }

    /// Answers to a request in either of the other dialects.
    private static Exchange answered(String dialect) throws Refused {
        String path = "/TextEmbedding";
        SignedRequest request;
        byte[] body = BODY;
        if (dialect.equals(Axon.NAME)) {
            AxonRequestSigner.Signed signed =
                    new AxonRequestSigner(Cast.ALICE, "192.0.2.1", Time.SYSTEM)
                            .sign(
                                    new AxonRequestSigner.Synapse(
                                            "TextEmbedding",
                                            Map.of("texts", List.of("it's")),
                                            Map.of(),
                                            HashFields.parse("texts list[str]"),
                                            Duration.ofSeconds(12)),
                                    new AxonRequestSigner.Miner(
                                            Cast.BOB.hotkey(), "127.0.0.1", 8091));
            request = signed.request();
            body = signed.body();
        } else {
            request =
                    new EpistulaSigner(Cast.ALICE, Time.SYSTEM)
                            .sign("POST", path, BODY, Cast.BOB.hotkey());
        }
        ReplayGuard replays = ReplayGuard.inMemory(true, Cast.limits(), Time.SYSTEM);
        var parts =
                new Gates.Parts(
                        Cast.BOB,
                        () -> Cast.ROSTER,
                        ApiKeys.NONE,
                        replays,
                        Map.of(path, HashFields.parse("texts list[str]")));
        Call call =
                Cast.pass(
                        new Gates(Gates.Settings.DEFAULTS, parts, Time.SYSTEM),
                        head(path, request.headers()),
                        Cast.ROUTE,
                        body);
        List<Header> headers =
                new ArrayList<>(
                        call.seal().seal(200, KilnAnswerTest.ANSWER, KilnAnswerTest.ASSERTED));
        headers.add(new Header("Content-Type", "application/json"));
        return new Exchange(
                "POST",
                path,
                request.headers(),
                body,
                new Answer(200, headers, KilnAnswerTest.ANSWER),
                Time.SYSTEM.epochNanos(),
                Cast.BOB.hotkey(),
                Scheme.SR25519);
    }

    @ParameterizedTest
    @ValueSource(strings = {Axon.NAME, Epistula.NAME})
    void receiptsOfTheOtherDialectsAreCheckedToo(String dialect) throws Exception {
        Exchange good = answered(dialect);
        Answer answer = good.answer();
        var otherBody = new Answer(200, answer.headers(), new byte[] {1});
        var otherTarget =
                new Exchange(
                        "POST",
                        "/Other",
                        good.requestHeaders(),
                        good.requestBody(),
                        answer,
                        good.receivedEpochNanos(),
                        good.miner(),
                        good.scheme());

        assertThat(sdkSays(good, Cast.ALICE)).isEmpty();
        assertThat(sdkSays(answeredBy(good, otherBody), Cast.ALICE)).contains("BadSignature");
        assertThat(sdkSays(otherTarget, Cast.ALICE)).contains("BadSignature");
        assertThat(sdkSays(answeredBy(good, answered(dialect).answer()), Cast.ALICE))
                .contains("BadSignature");
        assertThat(sdkSays(good, Cast.CHARLIE)).contains("MalformedAuth");
    }
}
