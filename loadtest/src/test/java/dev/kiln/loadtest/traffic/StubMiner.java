package dev.kiln.loadtest.traffic;

import dev.kiln.bittensor.keys.KeyPair;
import dev.kiln.bittensor.keys.Ss58;
import dev.kiln.bittensor.wire.KilnAnswer;
import dev.kiln.core.Asserted;
import dev.kiln.core.Header;
import dev.kiln.core.Hotkey;
import dev.kiln.core.Roster;
import dev.kiln.core.Scheme;
import dev.kiln.core.Stages;
import dev.kiln.core.Time;
import dev.kiln.core.model.ModelInfo;
import dev.kiln.core.model.Purpose;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/// A miner over real HTTP that answers as told: well, wrongly, late or not at all.
public final class StubMiner implements AutoCloseable {
    /// The weights' digest that full receipts name.
    public static final String SHA256 = "ab".repeat(32);

    private final KeyPair key;
    private final Behaviour behaviour;
    private final HttpServer server;
    private final AtomicInteger count = new AtomicInteger();
    private final ConcurrentLinkedQueue<String> bodies = new ConcurrentLinkedQueue<>();

    /// What it does with one request.
    @FunctionalInterface
    public interface Behaviour {
        /// Chooses.
        ///
        /// @param number of the request, from 0
        Act on(int number);
    }

    /// One way to treat a request.
    public enum Act {
        ANSWER,
        /// Other vectors every time, of the right shape.
        WRONG_VECTORS,
        /// The first two texts' vectors changed places.
        SWAPPED_VECTORS,
        SHORT_VECTORS,
        NOT_UNIT,
        UNSIGNED,
        FOREIGN_SIGNED,
        /// The body is altered after signing.
        ALTERED,
        DROP,
        NEVER,
        REFUSE_BUSY,
        REFUSE_CALLER,
        /// Holds its one thread for [#STALL_MILLIS] first.
        STALL
    }

    /// How long [Act#STALL] stalls.
    public static final long STALL_MILLIS = 700;

    public StubMiner(Vertx vertx, Behaviour behaviour) throws Exception {
        this.key = KeyPair.generate(Scheme.SR25519);
        this.behaviour = behaviour;
        this.server =
                vertx.createHttpServer()
                        .requestHandler(this::handle)
                        .listen(0, "127.0.0.1")
                        .toCompletionStage()
                        .toCompletableFuture()
                        .get(10, TimeUnit.SECONDS);
    }

    public URI url() {
        return URI.create("http://127.0.0.1:" + server.actualPort());
    }

    public Hotkey hotkey() {
        return key.hotkey();
    }

    /// The bodies that came, in the order of their arrival.
    public List<String> bodies() {
        return List.copyOf(bodies);
    }

    private void handle(HttpServerRequest request) {
        if ("GET".equals(request.method().name())) {
            request.response().setStatusCode(404).end();
            return;
        }
        request.body()
                .onSuccess(body -> {
                    bodies.add(body.toString(StandardCharsets.UTF_8));
                    act(behaviour.on(count.getAndIncrement()), request, body.getBytes());
                });
    }

    private void act(Act act, HttpServerRequest request, byte[] body) {
        switch (act) {
            case ANSWER -> send(request, body, embedding(body, 0, 8, 1), Optional.of(key));
            case WRONG_VECTORS ->
                    send(request, body, embedding(body, count.get(), 8, 1), Optional.of(key));
            case SWAPPED_VECTORS -> send(request, body, swapped(body), Optional.of(key));
            case SHORT_VECTORS -> send(request, body, embedding(body, 0, 7, 1), Optional.of(key));
            case NOT_UNIT -> send(request, body, embedding(body, 0, 8, 1.1), Optional.of(key));
            case UNSIGNED -> send(request, body, embedding(body, 0, 8, 1), Optional.empty());
            case FOREIGN_SIGNED ->
                    send(
                            request,
                            body,
                            embedding(body, 0, 8, 1),
                            Optional.of(KeyPair.generate(Scheme.SR25519)));
            case ALTERED -> {
                seal(request, body, 200, embedding(body, 0, 8, 1), key);
                request.response().end(Buffer.buffer(embedding(body, 1, 8, 1)));
            }
            case DROP -> request.connection().close();
            case NEVER -> {}
            case REFUSE_BUSY -> refuse(request, 429, "LIMIT_QUEUE_FULL");
            case REFUSE_CALLER -> refuse(request, 401, "AUTH_BAD_SIGNATURE");
            case STALL -> {
                try {
                    TimeUnit.MILLISECONDS.sleep(STALL_MILLIS);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                send(request, body, embedding(body, 0, 8, 1), Optional.of(key));
            }
        }
    }

    private static void refuse(HttpServerRequest request, int status, String code) {
        request.response()
                .setStatusCode(status)
                .end(
                        "{\"error\":{\"message\":\"no\",\"type\":\"t\",\"code\":\"%s\"}}"
                                .formatted(code));
    }

    private static void send(
            HttpServerRequest request, byte[] body, byte[] answer, Optional<KeyPair> signer) {
        signer.ifPresent(signing -> seal(request, body, 200, answer, signing));
        request.response().putHeader("Content-Type", "application/json").end(Buffer.buffer(answer));
    }

    private static void seal(
            HttpServerRequest request, byte[] body, int status, byte[] answer, KeyPair signer) {
        var model =
                new ModelInfo(
                        "stub",
                        SHA256,
                        "stub-1",
                        new Purpose.TextEmbedding(8),
                        new ModelInfo.Device("cpu", "cpu", "cpu"));
        var asserted =
                new Asserted(
                        "application/json", Optional.of(model), 3, new Stages(10, 20, 30, 40, 50));
        HttpServerResponse response = request.response();
        response.putHeader("Content-Type", "application/json");
        String address = Objects.requireNonNull(request.getHeader("X-Bittensor-Hotkey"));
        try {
            var question =
                    new KilnAnswer.Question(
                            Ss58.hotkey(address),
                            Roster.Sees.FULL,
                            digest(request, body),
                            Long.parseLong(request.getHeader("X-Bittensor-Nonce")),
                            Time.SYSTEM.tick());
            for (Header header :
                    new KilnAnswer(signer, Time.SYSTEM)
                            .to(question)
                            .seal(status, answer, asserted)) {
                response.putHeader(header.name(), header.value());
            }
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /// SHA-256 of the signed payload, as the wire's documentation spells it.
    private static String digest(HttpServerRequest request, byte[] body)
            throws NoSuchAlgorithmException {
        String scheme =
                Optional.ofNullable(request.getHeader("X-Bittensor-Crypto")).orElse("sr25519");
        String payload =
                String.join(
                        "\n",
                        "btauth/1",
                        scheme,
                        request.method().name(),
                        request.uri(),
                        sha256(body),
                        request.getHeader("X-Bittensor-Nonce"),
                        request.getHeader("X-Bittensor-Hotkey"),
                        request.getHeader("X-Bittensor-Receiver"));
        return sha256(payload.getBytes(StandardCharsets.UTF_8));
    }

    private static String sha256(byte[] bytes) throws NoSuchAlgorithmException {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    }

    /// The right vectors, the first two in each other's place.
    private static byte[] swapped(byte[] body) {
        List<String> texts = new ArrayList<>(StubJson.texts(body));
        if (texts.size() > 1) {
            Collections.swap(texts, 0, 1);
        }
        return embedding(StubJson.write(Map.of("input", texts)), 0, 8, 1);
    }

    /// The right answer to a body.
    public static byte[] vectors(byte[] body) {
        return embedding(body, 0, 8, 1);
    }

    /// A vector for each text, the same for the same text as long as `salt` is.
    private static byte[] embedding(byte[] body, int salt, int dimension, double length) {
        List<Map<String, Object>> data = new ArrayList<>();
        List<String> texts = StubJson.texts(body);
        for (int i = 0; i < texts.size(); i++) {
            data.add(
                    Map.of(
                            "index",
                            i,
                            "embedding",
                            StubJson.vector(texts.get(i), salt, dimension, length)));
        }
        return StubJson.write(
                Map.of(
                        "object",
                        "list",
                        "model",
                        "stub",
                        "data",
                        data,
                        "usage",
                        Map.of("prompt_tokens", 7)));
    }

    @Override
    public void close() {
        server.close().toCompletionStage().toCompletableFuture().join();
    }
}
