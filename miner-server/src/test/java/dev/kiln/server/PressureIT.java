package dev.kiln.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.kiln.bittensor.keys.Keyfile;
import dev.kiln.bittensor.wire.Answer;
import dev.kiln.bittensor.wire.RequestSigner;
import dev.kiln.bittensor.wire.SignedRequest;
import dev.kiln.core.Header;
import dev.kiln.core.Time;
import dev.kiln.server.admin.AdminClient;
import dev.kiln.server.config.ConfigSource;
import dev.kiln.server.config.Home;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Calls behind an engine that does not come to an end, over real HTTP with real signatures.
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class PressureIT {
    private static final String MODEL = "embedded:a";

    /// Less than a call is known to take, and enough for one that takes no time.
    private static final Header SOON = new Header("x-kiln-deadline-ms", "1900");

    private static final Pattern RUNS = Pattern.compile("kiln_lane_batches_total\\{[^}]*\\} [1-9]");

    @TempDir private Path home = Path.of("");

    private final FakeModels models = new FakeModels();
    private final CountDownLatch end = new CountDownLatch(1);
    private final ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor();
    private Miner miner;
    private RequestSigner signer;

    @BeforeEach
    void start() throws Exception {
        models.of(MODEL).hangsUntil = end;
        serve("refuse");
    }

    private void serve(String whenLate) throws Exception {
        var sets =
                List.of(
                        "server.port=0",
                        "limits.hung-run=60s",
                        "models[0].source=" + MODEL,
                        "models[0].engine-threads=1",
                        "routes[0].deadline=60s",
                        "routes[0].deadline-from=header",
                        "routes[0].deadline-field=max_seconds",
                        "routes[0].when-late=" + whenLate);
        miner = Miner.start(new ConfigSource(Optional.empty(), sets), new Home(home), models);
        miner.awaitReady();
        signer =
                new RequestSigner(Keyfile.read(new Home(home).developmentValidator()), Time.SYSTEM);
    }

    @AfterEach
    void stop() throws Exception {
        end.countDown();
        callers.close();
        miner.drain();
    }

    private Answer ask(Header... more) throws Exception {
        return ask("{\"input\":\"abc\"}", more);
    }

    private Answer ask(String json, Header... more) throws Exception {
        byte[] body = json.getBytes(StandardCharsets.UTF_8);
        SignedRequest request =
                signer.sign("POST", Rig.EMBEDDINGS, body, miner.who().miner().hotkey());
        List<Header> headers = new ArrayList<>(request.headers());
        headers.addAll(List.of(more));
        return RawHttp.ask(miner.port(), "POST", Rig.EMBEDDINGS, headers, body);
    }

    private JsonNode admin(String path, Map<String, Optional<?>> fields) throws Exception {
        Path state = new Home(home).state(true);
        return AdminClient.of(state, Optional.empty()).ask(path, fields, _ -> {});
    }

    private String metrics() throws Exception {
        Answer page = RawHttp.ask(miner.port(), "GET", "/metrics", List.of(), new byte[0]);
        return new String(page.body(), StandardCharsets.UTF_8);
    }

    private void awaitInside(int calls) throws Exception {
        while (!metrics().contains("kiln_inside " + calls + ".0")) {
            Thread.onSpinWait();
        }
    }

    /// The first call of all is with the engine; one that comes now waits behind it.
    private void awaitTheFirstRun() throws Exception {
        while (!RUNS.matcher(metrics()).find()) {
            Thread.onSpinWait();
        }
    }

    @Test
    void aCallersOwnTimeIsKeptAndItIsListedAsMissed() throws Exception {
        Future<Answer> first = callers.submit(() -> ask());
        awaitTheFirstRun();

        Answer late = ask(new Header("x-kiln-deadline-ms", "50"));
        Answer wrong = ask(new Header("x-kiln-deadline-ms", "soon"));

        assertThat(Rig.code(late)).isEqualTo("RUN_EXPIRED_IN_QUEUE");
        assertThat(wrong.status()).isEqualTo(400);
        end.countDown();
        assertThat(first.get().status()).isEqualTo(200);
        while (!metrics().contains("kiln_inside 0.0")) {
            Thread.onSpinWait();
        }
        JsonNode rows = admin("callers", Map.of()).path("callers");
        String name = signer.hotkey().ss58();
        JsonNode own = row(rows, name);
        assertThat(own.path("asked").asInt()).isEqualTo(2);
        assertThat(own.path("answered").asInt()).isEqualTo(1);
        assertThat(own.path("missed").asInt()).isEqualTo(1);
        assertThat(own.at("/refused/RUN_EXPIRED_IN_QUEUE").asInt()).isEqualTo(1);
        assertThat(own.path("share_given").asDouble()).isEqualTo(1);
        assertThat(own.path("clock_age_ms").asLong(-1)).isNotNegative();
        assertThat(row(rows, "unproved").at("/refused/TASK_BAD_INPUT").asInt()).isEqualTo(1);
        assertThat(metrics())
                .contains(
                        "kiln_caller_engine_seconds_total{caller=\"%s\",kind=\"given\"}"
                                .formatted(name));
        assertThat(metrics())
                .containsPattern("kiln_caller_age_seconds\\{caller=\"%s\"} [0-9]".formatted(name));
        assertThat(metrics()).contains("kiln_engine_dead_seconds_total{model=\"minilm\"} 0.0");
    }

    @Test
    void aFieldOfTheBodyMayNameAShorterTime() throws Exception {
        Future<Answer> first = callers.submit(() -> ask());
        awaitTheFirstRun();

        Answer late = ask("{\"input\":\"abc\",\"max_seconds\":0.05}");
        Answer wrong = ask("{\"input\":\"abc\",\"max_seconds\":\"soon\"}");

        assertThat(Rig.code(late)).isEqualTo("RUN_EXPIRED_IN_QUEUE");
        assertThat(Rig.code(wrong)).isEqualTo("TASK_BAD_INPUT");
        end.countDown();
        assertThat(first.get().status()).isEqualTo(200);
    }

    /// The line of the one who asks, once so many of its calls are counted.
    private JsonNode listed(int asked) throws Exception {
        while (true) {
            JsonNode rows = admin("callers", Map.of()).path("callers");
            JsonNode own = row(rows, signer.hotkey().ss58());
            if (own.path("asked").asInt() >= asked) {
                return own;
            }
        }
    }

    private static JsonNode row(JsonNode rows, String caller) {
        for (JsonNode row : rows) {
            if (row.path("caller").asText().equals(caller)) {
                return row;
            }
        }
        throw new AssertionError("no row for %s in %s".formatted(caller, rows));
    }

    @Test
    void anOperatorCancelsACallersCalls() throws Exception {
        Future<Answer> running = callers.submit(() -> ask());
        Future<Answer> waiting = callers.submit(() -> ask());
        awaitInside(2);

        JsonNode answer =
                admin("callers/cancel", Map.of("caller", Optional.of(signer.hotkey().ss58())));

        assertThat(answer.path("cancelled").asInt()).isEqualTo(2);
        assertThat(Rig.code(running.get())).isEqualTo("RUN_CANCELLED");
        assertThat(Rig.code(waiting.get())).isEqualTo("RUN_CANCELLED");
        awaitInside(0);
        assertThat(admin("callers/cancel", Map.of()).path("ok").asBoolean()).isFalse();
    }

    @Test
    void healthIsAnsweredWhileCallsFillTheServer() throws Exception {
        List<Future<Answer>> all = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            all.add(callers.submit(() -> ask()));
        }
        awaitInside(200);

        Answer live = RawHttp.ask(miner.port(), "GET", "/livez", List.of(), new byte[0]);

        assertThat(live.status()).isEqualTo(200);
        end.countDown();
        for (Future<Answer> each : all) {
            assertThat(each.get().status()).isEqualTo(200);
        }
    }

    /// Serves anew; the lane has learned that a call takes two seconds, and then hangs with one.
    private Future<Answer> behindOneThatHangs(String whenLate) throws Exception {
        FakeModels.Behaviour model = models.of(MODEL);
        model.hangsUntil = new CountDownLatch(0);
        miner.drain();
        serve(whenLate);
        model.takes = Duration.ofSeconds(2);
        for (int i = 0; i < 3; i++) {
            assertThat(ask().status()).isEqualTo(200);
        }
        model.takes = Duration.ZERO;
        model.hangsUntil = end;
        Future<Answer> first = callers.submit(() -> ask());
        awaitInside(1);
        return first;
    }

    @Test
    void aCallThatWouldBeLateIsRefusedAtOnce() throws Exception {
        Future<Answer> first = behindOneThatHangs("refuse");

        Answer late = ask(SOON);

        assertThat(late.status()).isEqualTo(429);
        assertThat(Rig.code(late)).isEqualTo("LIMIT_WOULD_MISS_DEADLINE");
        end.countDown();
        assertThat(first.get().status()).isEqualTo(200);
    }

    @Test
    void whereItQueuesItIsAnsweredIfThereIsTimeAfterAllAndExpiresIfNot() throws Exception {
        Future<Answer> first = behindOneThatHangs("queue");

        assertThat(Rig.code(ask(new Header("x-kiln-deadline-ms", "50"))))
                .isEqualTo("RUN_EXPIRED_IN_QUEUE");
        Future<Answer> lucky = callers.submit(() -> ask(SOON));
        awaitInside(2);
        end.countDown();

        assertThat(lucky.get().status()).isEqualTo(200);
        assertThat(first.get().status()).isEqualTo(200);
    }

    @Test
    void whereItIsAnsweredLateItsCallersTimeMayPass() throws Exception {
        Future<Answer> first = behindOneThatHangs("answer");
        long asked = System.nanoTime();
        Future<Answer> late = callers.submit(() -> ask(new Header("x-kiln-deadline-ms", "50")));
        awaitInside(2);
        while (System.nanoTime() - asked < 200_000_000) {
            Thread.onSpinWait();
        }

        assertThat(late.isDone()).isFalse();
        end.countDown();

        assertThat(late.get().status()).isEqualTo(200);
        assertThat(first.get().status()).isEqualTo(200);
        assertThat(listed(5).path("answered").asInt()).isEqualTo(5);
        assertThat(listed(5).path("missed").asInt()).isEqualTo(1);
    }
}
