package dev.kiln.server;

import static dev.kiln.server.Rig.EMBEDDINGS;
import static dev.kiln.server.Rig.code;
import static dev.kiln.server.Rig.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kiln.bittensor.keys.KeyPair;
import dev.kiln.bittensor.wire.Answer;
import dev.kiln.bittensor.wire.Receipt;
import dev.kiln.bittensor.wire.RequestSigner;
import dev.kiln.bittensor.wire.SignedRequest;
import dev.kiln.core.Header;
import dev.kiln.core.Scheme;
import dev.kiln.core.Time;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The whole path over real HTTP, with the real model and real signatures.
@Timeout(60)
class ServerIT {
    private static final byte[] NOTHING = {};

    @TempDir private static Path home = Path.of("");

    private static Rig rig;

    @BeforeAll
    static void start() throws Exception {
        Path keys = Files.writeString(home.resolve("keys"), "friend: 0123456789abcdef\n");
        rig =
                new Rig(
                        home,
                        "api-keys.file=" + keys,
                        "limits.body-time=500ms",
                        "limits.idle-time=3s",
                        "routes[0].deadline=120s");
    }

    @AfterAll
    static void stop() throws Exception {
        rig.stop();
    }

    private static String post(String headers, String body) {
        return "POST %s HTTP/1.1\r\nHost: kiln\r\n%s\r\n%s".formatted(EMBEDDINGS, headers, body);
    }

    private static String signedHead(byte[] body) {
        StringBuilder head = new StringBuilder();
        for (Header header : rig.sign("POST", EMBEDDINGS, body).headers()) {
            head.append(header.name()).append(": ").append(header.value()).append("\r\n");
        }
        return head.toString();
    }

    @Test
    void aSignedRequestGetsASignedAnswerFromTheModel() throws Exception {
        byte[] body = "{\"input\":[\"a cat\",\"a dog\"]}".getBytes(StandardCharsets.UTF_8);

        Receipt receipt = rig.checked("POST", EMBEDDINGS, body);
        Answer answer = rig.call(body);

        assertThat(receipt.model()).contains("minilm");
        assertThat(receipt.text("model_sha256")).isPresent();
        assertThat(answer.status()).isEqualTo(200);
        assertThat(json(answer).at("/data")).hasSize(2);
        assertThat(json(answer).at("/data/1/embedding")).hasSize(384);
        assertThat(json(answer).at("/usage/total_tokens").asInt()).isEqualTo(8);
    }

    @Test
    void anApiKeyGetsAnUnsignedAnswer() throws Exception {
        Answer answer =
                RawHttp.ask(
                        rig.port(),
                        "POST",
                        EMBEDDINGS,
                        List.of(new Header("Authorization", "Bearer 0123456789abcdef")),
                        "{\"input\":\"a\"}".getBytes(StandardCharsets.UTF_8));

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.headers()).noneMatch(h -> h.name().startsWith("X-Bittensor"));
    }

    @Test
    void theModelsAreListedForCallersAlone() throws Exception {
        assertThat(rig.checked("GET", "/v1/models", NOTHING).model()).isEmpty();

        Answer signed =
                RawHttp.ask(
                        rig.port(),
                        "GET",
                        "/v1/models",
                        rig.sign("GET", "/v1/models", NOTHING).headers(),
                        NOTHING);
        Answer stranger = RawHttp.ask(rig.port(), "GET", "/v1/models", List.of(), NOTHING);

        assertThat(json(signed).at("/data/0/id").asText()).isEqualTo("minilm");
        assertThat(stranger.status()).isEqualTo(401);
    }

    @Test
    void sixtyFourRequestsAtOnceAreAllAnswered() throws Exception {
        List<Callable<Integer>> calls = new ArrayList<>();
        for (int i = 0; i < 64; i++) {
            String body = "{\"input\":\"text number %d\"}".formatted(i);
            calls.add(() -> rig.call(body).status());
        }

        try (var threads = Executors.newFixedThreadPool(64)) {
            for (Future<Integer> status : threads.invokeAll(calls)) {
                assertThat(status.get()).isEqualTo(200);
            }
        }
    }

    @Test
    void aConnectionServesManyCallsAndRefusals() throws Exception {
        try (var http = new RawHttp(rig.port())) {
            for (String text : new String[] {"\"a\"", "5", "\"b\""}) {
                byte[] body = "{\"input\":%s}".formatted(text).getBytes(StandardCharsets.UTF_8);
                http.send("POST", EMBEDDINGS, rig.sign("POST", EMBEDDINGS, body).headers(), body);
                assertThat(http.answer().status()).isEqualTo(text.equals("5") ? 400 : 200);
            }
        }
    }

    @Test
    void pipelinedRequestsAreAnsweredInTheirOrder() throws Exception {
        try (var http = new RawHttp(rig.port())) {
            byte[] body = "{\"input\":\"a\"}".getBytes(StandardCharsets.UTF_8);
            http.send("POST", EMBEDDINGS, rig.sign("POST", EMBEDDINGS, body).headers(), body);
            http.send("GET", "/livez", List.of(), NOTHING);
            http.send("GET", "/nothing", List.of(), NOTHING);

            assertThat(http.answer().status()).isEqualTo(200);
            assertThat(new String(http.answer().body(), StandardCharsets.UTF_8)).contains("live");
            assertThat(http.answer().status()).isEqualTo(404);
        }
    }

    @Test
    void badBodiesAreRefusedWithASignature() throws Exception {
        String[] bodies = {
            "{",
            "{\"input\":5}",
            "{}",
            "{\"input\":[]}",
            "{\"input\":[" + "\"a\",".repeat(9_999) + "\"a\"]}",
            "{\"input\":\"" + "a".repeat(1 << 20) + "\"}",
        };
        for (String text : bodies) {
            byte[] body = text.getBytes(StandardCharsets.UTF_8);
            SignedRequest request = rig.sign("POST", EMBEDDINGS, body);
            Answer answer = RawHttp.ask(rig.port(), "POST", EMBEDDINGS, request.headers(), body);

            assertThat(answer.status()).isEqualTo(400);
            assertThat(code(answer)).isEqualTo("TASK_BAD_INPUT");
            assertThat(answer.headers())
                    .anyMatch(h -> h.name().equalsIgnoreCase("X-Bittensor-Signature"));
        }
    }

    @Test
    void bytesThatAreNotUtf8AreRefused() throws Exception {
        byte[] body = "{\"input\":\"?\"}".getBytes(StandardCharsets.UTF_8);
        body[10] = (byte) 0xFF;

        assertThat(code(rig.call(body))).isEqualTo("TASK_BAD_INPUT");
    }

    @Test
    void twoGigabytesAreRefusedByTheirHeaderAlone() throws Exception {
        try (var http = new RawHttp(rig.port())) {
            http.send(post("Content-Length: 2147483648\r\n", "{"));
            Answer answer = http.answer();

            assertThat(answer.status()).isEqualTo(413);
            assertThat(code(answer)).isEqualTo("LIMIT_BODY_SIZE");
            assertThat(http.ended()).isTrue();
        }
    }

    @Test
    void aChunkedBodyIsCountedAsItComes() throws Exception {
        try (var http = new RawHttp(rig.port())) {
            http.send(post(signedHead(NOTHING) + "Transfer-Encoding: chunked\r\n", ""));
            byte[] chunk = new byte[1 << 20];
            for (int i = 0; i < 5; i++) {
                http.send(Integer.toHexString(chunk.length) + "\r\n");
                http.send(chunk);
                http.send("\r\n");
            }

            assertThat(code(http.answer())).isEqualTo("LIMIT_BODY_SIZE");
        }
    }

    @Test
    void headersWithoutEndAreRefused() throws Exception {
        try (var http = new RawHttp(rig.port())) {
            http.send("GET /livez HTTP/1.1\r\n");
            for (int i = 0; i < 40; i++) {
                http.send("X-%d: %s\r\n".formatted(i, "a".repeat(1_000)));
            }
            Answer answer = http.answer();

            assertThat(answer.status()).isEqualTo(431);
            assertThat(code(answer)).isEqualTo("LIMIT_HEADER_SIZE");
        }
        assertThat(
                        RawHttp.ask(rig.port(), "GET /" + "a".repeat(20_000) + " HTTP/1.1\r\n\r\n")
                                .status())
                .isEqualTo(431);
    }

    @Test
    void aBodyThatTricklesIsCutOff() throws Exception {
        try (var http = new RawHttp(rig.port())) {
            http.send(
                    post(
                            signedHead("{}".getBytes(StandardCharsets.UTF_8))
                                    + "Content-Length: 2\r\n",
                            "{"));
            Answer answer = http.answer();

            assertThat(answer.status()).isEqualTo(408);
            assertThat(code(answer)).isEqualTo("LIMIT_BODY_TIME");
            assertThat(http.ended()).isTrue();
        }
    }

    @Test
    @Timeout(
            value = 60,
            threadMode =
                    Timeout.ThreadMode
                            .SEPARATE_THREAD) // a write to a full socket heeds no interrupt
    void aClientThatDoesNotReadIsCutOffAndHoldsNothing() throws Exception {
        byte[] hundred =
                "GET /metrics HTTP/1.1\r\nHost: kiln\r\n\r\n"
                        .repeat(100)
                        .getBytes(StandardCharsets.ISO_8859_1);
        try (var http = new RawHttp(rig.port())) {
            assertThatThrownBy(
                            () -> {
                                for (int i = 0; i < 100_000; i++) {
                                    http.send(hundred);
                                }
                            })
                    .isInstanceOf(IOException.class);
        }

        assertThat(rig.call("{\"input\":\"still served\"}").status()).isEqualTo(200);
    }

    @Test
    void aBodyWhoseEndOthersMayReadDifferentlyIsRefused() throws Exception {
        String another = "GET /livez HTTP/1.1\r\nHost: kiln\r\n\r\n";
        Map<String, String> rests =
                Map.of("xchunked", another, "identity", another, "gzip, chunked", "0\r\n\r\n");
        for (Map.Entry<String, String> rest : rests.entrySet()) {
            try (var http = new RawHttp(rig.port())) {
                http.send(
                        "POST /v1/embeddings HTTP/1.1\r\nHost: kiln\r\nTransfer-Encoding: %s\r\n\r\n%s"
                                .formatted(rest.getKey(), rest.getValue()));

                assertThat(http.answer().status()).as(rest.getKey()).isEqualTo(400);
                assertThat(http.ended()).as(rest.getKey()).isTrue();
            }
        }
    }

    @Test
    void aHeadThatNeverEndsIsCutOff() throws Exception {
        try (var http = new RawHttp(rig.port())) {
            http.send("GET /livez HTTP/1.1\r\nX-Slow: ");

            assertThat(http.ended()).isTrue();
        }
    }

    @Test
    void whatIsNotHttpIsRefused() throws Exception {
        assertThat(RawHttp.ask(rig.port(), "nonsense\r\n\r\n").status()).isEqualTo(400);
        assertThat(RawHttp.ask(rig.port(), "GET /livez HTTP/1.1\r\nno colon\r\n\r\n").status())
                .isEqualTo(400);
        assertThat(RawHttp.ask(rig.port(), post("Content-Length: x\r\n", "")).status())
                .isEqualTo(400);
    }

    @Test
    void onlyTheExactPathIsServed() throws Exception {
        for (String target :
                new String[] {
                    "/v1/%65mbeddings",
                    "/v1/./embeddings",
                    "/v1/../v1/embeddings",
                    "//v1/embeddings",
                    "/v1/embeddings/",
                    "/V1/embeddings",
                    "http://kiln/v1/embeddings",
                    "/v1/embeddings;a=b",
                    "*",
                }) {
            Answer answer =
                    RawHttp.ask(
                            rig.port(), "POST %s HTTP/1.1\r\nHost: kiln\r\n\r\n".formatted(target));

            assertThat(answer.status()).as(target).isEqualTo(404);
            assertThat(code(answer)).isEqualTo("TASK_UNKNOWN");
        }
    }

    @Test
    void aWrongMethodIsToldTheRightOne() throws Exception {
        Answer get = RawHttp.ask(rig.port(), "GET", EMBEDDINGS, List.of(), NOTHING);
        Answer post = RawHttp.ask(rig.port(), "POST", "/readyz", List.of(), NOTHING);

        assertThat(get.status()).isEqualTo(405);
        assertThat(get.headers()).contains(new Header("Allow", "POST"));
        assertThat(code(post)).isEqualTo("TASK_BAD_METHOD");
    }

    @Test
    void headOfAPageHasNoBody() throws Exception {
        try (var http = new RawHttp(rig.port())) {
            http.send("HEAD", "/readyz", List.of(), NOTHING);
            Answer head = http.answer(false);
            http.send("GET", "/readyz", List.of(), NOTHING);

            assertThat(head.status()).isEqualTo(200);
            assertThat(json(http.answer()).get("ready").asBoolean()).isTrue();
        }
    }

    @Test
    void aRequestForAnotherMinerIsRefused() throws Exception {
        byte[] body = "{\"input\":\"a\"}".getBytes(StandardCharsets.UTF_8);
        var stranger = KeyPair.generate(Scheme.SR25519);
        var signer = new RequestSigner(stranger, Time.SYSTEM);
        SignedRequest request = signer.sign("POST", EMBEDDINGS, body, stranger.hotkey());
        SignedRequest unknown = signer.sign("POST", EMBEDDINGS, body, rig.hotkey());

        Answer foreign = RawHttp.ask(rig.port(), "POST", EMBEDDINGS, request.headers(), body);
        Answer unwelcome = RawHttp.ask(rig.port(), "POST", EMBEDDINGS, unknown.headers(), body);

        assertThat(code(foreign)).isEqualTo("AUTH_WRONG_RECEIVER");
        assertThat(foreign.status()).isEqualTo(401);
        assertThat(code(unwelcome)).isEqualTo("AUTH_UNKNOWN_CALLER");
        assertThat(unwelcome.status()).isEqualTo(403);
    }

    @Test
    void aReplayAnAlteredBodyAndADoubledHeaderAreRefusedUnsigned() throws Exception {
        byte[] body = "{\"input\":\"a\"}".getBytes(StandardCharsets.UTF_8);
        byte[] other = "{\"input\":\"b\"}".getBytes(StandardCharsets.UTF_8);
        List<Header> headers = rig.sign("POST", EMBEDDINGS, body).headers();
        List<Header> doubled = new ArrayList<>(headers);
        doubled.add(headers.getFirst());

        assertThat(code(RawHttp.ask(rig.port(), "POST", EMBEDDINGS, headers, other)))
                .isEqualTo("AUTH_BAD_SIGNATURE");
        assertThat(RawHttp.ask(rig.port(), "POST", EMBEDDINGS, headers, body).status())
                .isEqualTo(200);
        Answer replay = RawHttp.ask(rig.port(), "POST", EMBEDDINGS, headers, body);
        Answer twice = RawHttp.ask(rig.port(), "POST", EMBEDDINGS, doubled, body);

        assertThat(code(replay)).isEqualTo("TIME_REPLAY");
        assertThat(replay.headers())
                .noneMatch(h -> h.name().toLowerCase(Locale.ROOT).startsWith("x-bittensor"));
        assertThat(code(twice)).isEqualTo("AUTH_DUPLICATE_HEADER");
        assertThat(twice.status()).isEqualTo(400);
    }

    @Test
    void anotherMediaTypeIsRefused() throws Exception {
        byte[] body = "{\"input\":\"a\"}".getBytes(StandardCharsets.UTF_8);
        List<Header> headers = new ArrayList<>(rig.sign("POST", EMBEDDINGS, body).headers());
        headers.add(new Header("Content-Type", "text/plain"));

        Answer answer = RawHttp.ask(rig.port(), "POST", EMBEDDINGS, headers, body);

        assertThat(answer.status()).isEqualTo(415);
    }

    @Test
    void expectContinueIsWelcomedOnlyAfterTheHeadersPassed() throws Exception {
        byte[] body = "{\"input\":\"a\"}".getBytes(StandardCharsets.UTF_8);
        try (var http = new RawHttp(rig.port())) {
            http.send(
                    post(
                            signedHead(body)
                                    + "Expect: 100-continue\r\nContent-Length: "
                                    + body.length
                                    + "\r\n",
                            ""));
            assertThat(http.answer().status()).isEqualTo(100);
            http.send(body);
            assertThat(http.answer().status()).isEqualTo(200);
        }
        assertThat(
                        RawHttp.ask(
                                        rig.port(),
                                        post("Expect: 100-continue\r\nContent-Length: 5\r\n", ""))
                                .status())
                .isEqualTo(401);
    }

    @Test
    void strangersGetAtMostTwoHundredFiftySixBytes() throws Exception {
        for (String request :
                new String[] {
                    "GET / HTTP/1.1\r\n\r\n", "POST /v1/models HTTP/1.1\r\n\r\n",
                    "GET /v1/models HTTP/1.1\r\n\r\n", "x\r\n\r\n",
                }) {
            try (var http = new RawHttp(rig.port())) {
                http.send(request);
                Answer answer = http.answer();
                int size = answer.body().length + 24;
                for (Header header : answer.headers()) {
                    size += header.name().length() + header.value().length() + 4;
                }

                assertThat(size).as(request).isLessThanOrEqualTo(256);
            }
        }
    }

    @Test
    void metricsHaveBoundedLabels() throws Exception {
        for (int i = 0; i < 50; i++) {
            RawHttp.ask(rig.port(), "GET /secret%d HTTP/1.1\r\n\r\n".formatted(i));
        }
        rig.call("{\"input\":\"a\"}");

        String page =
                new String(
                        RawHttp.ask(rig.port(), "GET", "/metrics", List.of(), NOTHING).body(),
                        StandardCharsets.UTF_8);

        assertThat(page)
                .contains(
                        "kiln_requests_total{reason=\"OK\",route=\"/v1/embeddings\",status=\"200\"}")
                .contains(
                        "kiln_requests_total{reason=\"TASK_UNKNOWN\",route=\"other\",status=\"404\"}")
                .contains("kiln_lane_items_total{model=\"minilm\"}")
                .doesNotContain("secret");
    }

    @Test
    void aCallWhoseClientLeftIsGivenUp() throws Exception {
        String text = "\"%s\"".formatted("many words ".repeat(50));
        String input = (text + ",").repeat(63) + text;
        byte[] body = "{\"input\":[%s]}".formatted(input).getBytes(StandardCharsets.UTF_8);
        try (var http = new RawHttp(rig.port())) {
            http.send("POST", EMBEDDINGS, rig.sign("POST", EMBEDDINGS, body).headers(), body);
            awaitMetric("kiln_inside 1.0");
        }

        awaitMetric("reason=\"RUN_CALLER_GONE\",route=\"/v1/embeddings\",status=\"499\"} 1.0");
    }

    /// Asks until the page shows it.
    private static void awaitMetric(String text) throws Exception {
        long began = System.nanoTime();
        String page;
        do {
            assertThat(System.nanoTime() - began)
                    .as("waited for " + text)
                    .isLessThan(30_000_000_000L);
            page =
                    new String(
                            RawHttp.ask(rig.port(), "GET", "/metrics", List.of(), NOTHING).body(),
                            StandardCharsets.UTF_8);
        } while (!page.contains(text));
    }
}
