package dev.kiln.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.kiln.bittensor.keys.KeyPair;
import dev.kiln.bittensor.keys.Keyfile;
import dev.kiln.bittensor.wire.Answer;
import dev.kiln.bittensor.wire.AnswerCheck;
import dev.kiln.bittensor.wire.AxonRequestSigner;
import dev.kiln.bittensor.wire.HashFields;
import dev.kiln.bittensor.wire.RequestSigner;
import dev.kiln.bittensor.wire.SignedRequest;
import dev.kiln.core.Header;
import dev.kiln.core.Hotkey;
import dev.kiln.core.Scheme;
import dev.kiln.core.Time;
import dev.kiln.server.admin.AdminClient;
import dev.kiln.server.config.ConfigSource;
import dev.kiln.server.config.Home;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// How streams end that were begun: by an operator, by a drain, and by their deadline while the server drains.
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class StreamEndsIT {
    private static final String MODEL = "embedded:a";
    private static final int PIECES = 30;

    @TempDir private Path home = Path.of("");

    private final FakeModels models = new FakeModels();
    private final FakeModels.Behaviour model = models.of(MODEL);
    private final CountDownLatch end = new CountDownLatch(1);
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private Miner miner;
    private KeyPair validator;
    private Future<Boolean> drained;

    @BeforeEach
    void start() throws Exception {
        serve("60s");
    }

    private void serve(String deadline) throws Exception {
        var sets =
                List.of(
                        "server.port=0",
                        "limits.hung-run=60s",
                        "models[0].source=" + MODEL,
                        "models[0].engine-threads=1",
                        "models[0].batch.max-items=1",
                        "routes[0].deadline-from=header",
                        "synapses[0].stream=lines",
                        "synapses[0].deadline=" + deadline);
        miner = Miner.start(new ConfigSource(Optional.empty(), sets), new Home(home), models);
        miner.awaitReady();
        validator = Keyfile.read(new Home(home).developmentValidator());
        drained = threads.submit(() -> true);
    }

    @AfterEach
    void stop() throws Exception {
        end.countDown();
        if (drained.get()) {
            threads.close();
        }
    }

    private Hotkey hotkey() {
        return miner.who().miner().hotkey();
    }

    private AxonRequestSigner.Signed stream() {
        List<String> texts = new ArrayList<>(Collections.nCopies(PIECES, "abc"));
        return new AxonRequestSigner(validator, "192.0.2.1", Time.SYSTEM)
                .sign(
                        new AxonRequestSigner.Synapse(
                                "TextEmbedding",
                                Map.of("texts", texts),
                                Map.of(),
                                HashFields.NONE,
                                Duration.ofSeconds(60)),
                        new AxonRequestSigner.Miner(hotkey(), "127.0.0.1", miner.port()));
    }

    private static void send(RawHttp http, AxonRequestSigner.Signed asked) throws IOException {
        List<Header> headers = new ArrayList<>(asked.request().headers());
        headers.add(new Header("Content-Type", "application/json"));
        http.send("POST", asked.request().target(), headers, asked.body());
    }

    /// Pieces take a moment each; after the first few the engine hangs in one.
    private void hangAfter(int pieces) {
        while (model.items.get() < pieces) {
            Thread.onSpinWait();
        }
        model.hangsUntil = end;
    }

    private Answer ask() throws IOException {
        byte[] body = "{\"input\":\"abc\"}".getBytes(UTF_8);
        SignedRequest request =
                new RequestSigner(validator, Time.SYSTEM)
                        .sign("POST", Rig.EMBEDDINGS, body, hotkey());
        List<Header> headers = new ArrayList<>(request.headers());
        headers.add(new Header("x-kiln-deadline-ms", "1000"));
        return RawHttp.ask(miner.port(), "POST", Rig.EMBEDDINGS, headers, body);
    }

    private String metrics() throws IOException {
        return new String(
                RawHttp.ask(miner.port(), "GET", "/metrics", List.of(), new byte[0]).body(), UTF_8);
    }

    @Test
    void anOperatorEndsAStreamInTheMiddleAndTheRestIsNotComputed() throws Exception {
        model.takes = Duration.ofMillis(100);
        try (var http = new RawHttp(miner.port())) {
            send(http, stream());
            http.firstChunk();
            hangAfter(1);
            Path state = new Home(home).state(true);

            JsonNode answer =
                    AdminClient.of(state, Optional.empty())
                            .ask(
                                    "callers/cancel",
                                    Map.of("caller", Optional.of(validator.hotkey().ss58())),
                                    _ -> {});

            assertThat(answer.path("cancelled").asInt()).isEqualTo(1);
            assertThat(http.rest()).doesNotContain("X-Kiln-Answer").doesNotContain("\r\n0\r\n");
        }
        while (!metrics().contains("kiln_inside 0.0")) {
            Thread.onSpinWait();
        }
        assertThat(metrics()).containsPattern("reason=\"RUN_CANCELLED\"[^}]*} 1.0");
        end.countDown();
        assertThat(ask().status()).isEqualTo(200);
        assertThat(model.items.get()).isLessThan(PIECES);
        assertThat(miner.drain()).isTrue();
    }

    @Test
    void aStreamThatIsOpenWhenTheServerDrainsComesToItsEndAndNothingNewIsTaken() throws Exception {
        model.takes = Duration.ofMillis(100);
        AxonRequestSigner.Signed asked = stream();
        try (var http = new RawHttp(miner.port())) {
            send(http, asked);
            Future<Answer> answer = threads.submit(() -> http.answer());
            hangAfter(2);

            drained = threads.submit(() -> miner.drain());
            while (!Rig.code(ask()).equals("SERVER_DRAINING")) {
                Thread.onSpinWait();
            }
            assertThat(answer.isDone()).isFalse();
            assertThat(drained.isDone()).isFalse();
            end.countDown();

            assertThat(
                            new AnswerCheck(hotkey(), Scheme.SR25519)
                                    .check(asked.request(), answer.get(), Time.SYSTEM.epochNanos())
                                    .status())
                    .isEqualTo(200);
            assertThat(http.chunks()).hasSize(PIECES);
        }
        assertThat(drained.get()).isTrue();
    }

    /// A drain cancels no stream; what bounds it is the route's deadline.
    @Test
    void aStreamThatHangsKeepsADrainNoLongerThanItsDeadline() throws Exception {
        assertThat(miner.drain()).isTrue();
        serve("6s");
        model.takes = Duration.ofMillis(100);
        try (var http = new RawHttp(miner.port())) {
            send(http, stream());
            http.firstChunk();
            hangAfter(1);

            drained = threads.submit(() -> miner.drain());

            assertThat(http.rest()).doesNotContain("X-Kiln-Answer").doesNotContain("\r\n0\r\n");
            assertThat(end.getCount()).isEqualTo(1);
        }
        end.countDown();
        assertThat(drained.get()).isTrue();
    }
}
