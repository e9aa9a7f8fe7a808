package dev.kiln.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.fasterxml.jackson.databind.JsonNode;
import dev.kiln.bittensor.wire.Answer;
import dev.kiln.server.config.Home;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/// Models that come, go, fail and return behind real HTTP, real signatures and the operator's own port.
class SwapIT extends Live {
    @Test
    void aChangedSourceIsShownAppliedAndRolledBack() throws Exception {
        assertThat(answeredBy()).isEqualTo('a');
        assertThat(admin("config/diff").path("changes")).isEmpty();
        configure(B, "drain:\n  grace: 1s\n");

        JsonNode changes = admin("config/diff").path("changes");
        JsonNode applied = admin("config/apply");

        assertThat(changes).hasSize(2);
        assertThat(changes.path(0).path("key").asText()).isEqualTo("drain.grace");
        assertThat(changes.path(0).path("live").asBoolean()).isFalse();
        assertThat(changes.path(1).path("key").asText()).isEqualTo("models[m].source");
        assertThat(changes.path(1).path("wanted").asText()).isEqualTo(B);
        assertThat(changes.path(1).path("live").asBoolean()).isTrue();
        assertThat(applied.path("ok").asBoolean()).isTrue();
        assertThat(applied.path("restart")).hasSize(1);
        assertThat(progress).contains("loading " + B);
        assertThat(answeredBy()).isEqualTo('b');
        await(() -> models.of(A).closed.get() == 1);

        assertThat(admin("models/rollback").path("ok").asBoolean()).isTrue();
        assertThat(answeredBy()).isEqualTo('a');
        assertThat(events()).containsExactly("swapped", "rolled-back");
        assertThat(admin("models/rollback").path("ok").asBoolean()).isFalse();
    }

    @Test
    void whatIsWrongWithTheNewModelLeavesTheOldOneServing() throws Exception {
        models.of("embedded:x").failsToLoad = true;
        models.of("embedded:y").failsItsSamples = true;
        models.of("embedded:z").dimension = 512;
        models.of("embedded:w").bytes = Long.MAX_VALUE;
        Map<String, String> reasons =
                Map.of("x", "torn", "y", "golden", "z", "another purpose", "w", "MiB are free");
        for (Map.Entry<String, String> one : reasons.entrySet()) {
            configure("embedded:" + one.getKey(), "");

            JsonNode applied = admin("config/apply");

            assertThat(applied.path("ok").asBoolean()).isFalse();
            assertThat(applied.path("reason").asText()).contains(one.getValue());
            assertThat(answeredBy()).isEqualTo('a');
        }
        assertThat(events()).containsOnly("refused").hasSize(4);
        for (String source : List.of("embedded:y", "embedded:z")) {
            await(() -> models.of(source).closed.get() == models.of(source).opened.get());
        }
    }

    @Test
    void nothingIsLostWhileModelsChangeUnderLoad() throws Exception {
        var going = new AtomicBoolean(true);
        List<Future<Integer>> callers = new ArrayList<>();
        int answered = 0;
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int caller = 0; caller < 4; caller++) {
                callers.add(
                        threads.submit(() -> {
                            int mine = 0;
                            while (going.get()) {
                                answeredBy();
                                mine++;
                            }
                            return mine;
                        }));
            }
            try {
                for (int swap = 0; swap < 30; swap++) {
                    configure(swap % 2 == 0 ? B : A, "");
                    assertThat(admin("config/apply").path("ok").asBoolean()).isTrue();
                }
            } finally {
                going.set(false);
            }
            for (Future<Integer> caller : callers) {
                answered += caller.get();
            }
        }
        assertThat(answered).isPositive();
        assertThat(models.of(A).items.get() + models.of(B).items.get()).isEqualTo(answered);
    }

    @Test
    void aShadowComparesAndAPromotedCandidateAnswers() throws Exception {
        admin("models/shadow", Map.of("source", Optional.of(B)));
        for (int i = 0; i < 20; i++) {
            assertThat(answeredBy()).isEqualTo('a');
        }
        await(() -> models.of(B).items.get() > 0);

        admin("models/canary", Map.of("percent", Optional.of(50)));
        assertThat(models.of(B).opened).hasValue(1);
        List<Character> by = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            by.add(answeredBy());
        }
        assertThat(by).contains('a', 'b');

        assertThat(admin("models/promote").path("ok").asBoolean()).isTrue();
        assertThat(answeredBy()).isEqualTo('b');
        assertThat(models.of(B).opened).hasValue(1);
        assertThat(events()).containsExactly("shadow", "canary", "promoted");
        assertThat(admin("config/diff").path("changes").path(0).path("running").asText())
                .isEqualTo(B);
    }

    @Test
    void aModelThatFailsRepeatedlyIsRebuiltAndReturnsByItself() throws Exception {
        models.of(A).failsItsRuns = true;
        models.of(A).failsItsSamples = true;
        while (!Rig.code(ask()).equals("RUN_MODEL_DOWN")) {
            Thread.onSpinWait();
        }
        Answer refused = ask();

        assertThat(refused.status()).isEqualTo(503);
        assertThat(refused.headers()).anyMatch(h -> h.name().equalsIgnoreCase("Retry-After"));
        assertThat(ready()).startsWith("503").contains("model_down").contains("\"state\":\"down\"");

        models.of(A).failsItsRuns = false;
        models.of(A).failsItsSamples = false;
        while (!ready().startsWith("200")) {
            Thread.onSpinWait();
        }
        assertThat(answeredBy()).isEqualTo('a');
        assertThat(events()).startsWith("down").endsWith("recovered");
        assertThat(models.of(A).opened.get()).isGreaterThan(1);
    }

    @Test
    void aRunThatHangsIsReplacedByAFreshLane() throws Exception {
        CountDownLatch forever = new CountDownLatch(1);
        models.of(A).hangsUntil = forever;
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Answer> hanging = threads.submit(() -> ask());
            await(() -> miner.fleet().hangs("m") > 0);
            models.of(A).hangsUntil = new CountDownLatch(0);
            // A hang is counted before its lane leaves: being ready says nothing yet.
            while (!events().contains("recovered") || !ready().startsWith("200")) {
                Thread.onSpinWait();
            }

            assertThat(answeredBy()).isEqualTo('a');
            assertThat(events()).startsWith("down").endsWith("recovered");
            forever.countDown();
            assertThat(hanging.get().status()).isIn(200, 408);
        }
    }

    @Test
    void whatLacksMemoryIsRunInSmallerBatchesAndRemembered() throws Exception {
        models.of(A).mostItems = 2;
        byte[] body =
                "{\"input\":[\"aa\",\"ab\",\"ac\",\"ad\",\"ae\",\"af\",\"ag\",\"ah\"]}"
                        .getBytes(StandardCharsets.UTF_8);
        int before = admin("models").at("/models/0/max_cost").asInt();

        Answer first =
                RawHttp.ask(
                        miner.port(),
                        "POST",
                        Rig.EMBEDDINGS,
                        signed("POST", Rig.EMBEDDINGS, body).headers(),
                        body);
        int faults = admin("models").at("/models/0/faults").asInt();
        Answer second =
                RawHttp.ask(
                        miner.port(),
                        "POST",
                        Rig.EMBEDDINGS,
                        signed("POST", Rig.EMBEDDINGS, body).headers(),
                        body);

        assertThat(first.status()).isEqualTo(200);
        assertThat(Rig.json(first).path("data")).hasSize(8);
        assertThat(second.status()).isEqualTo(200);
        assertThat(faults).isPositive();
        assertThat(admin("models").at("/models/0/faults").asInt()).isEqualTo(faults);
        assertThat(admin("models").at("/models/0/max_cost").asInt()).isLessThan(before);
        assertThat(admin("models").at("/models/0/state").asText()).isEqualTo("serving");
    }

    @Test
    void aModelThatHangsIsReportedWhileOthersServeOn() throws Exception {
        configure(Map.of("m", A, "n", B), "");
        admin("config/apply");
        CountDownLatch forever = new CountDownLatch(1);
        models.of(A).hangsUntil = forever;
        models.of(A).failsToLoad = true;
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Answer> hanging = threads.submit(() -> ask("m"));
            while (!ready().contains("degraded")) {
                assertThat(answeredBy("n")).isEqualTo('b');
            }

            assertThat(ready()).startsWith("200").contains("\"state\":\"down\"");
            assertThat(answeredBy("n")).isEqualTo('b');
            assertThat(Rig.code(ask("m"))).isEqualTo("RUN_MODEL_DOWN");
            assertThat(page("/metrics"))
                    .contains("kiln_model_hangs_total{model=\"m\"} 1")
                    .contains("kiln_model_serving{model=\"m\"} 0")
                    .contains("kiln_model_serving{model=\"n\"} 1");
            models.of(A).failsToLoad = false;
            models.of(A).hangsUntil = new CountDownLatch(0);
            while (!ready().contains("\"state\":\"ready\"")) {
                assertThat(answeredBy("n")).isEqualTo('b');
            }
            assertThat(answeredBy("m")).isEqualTo('a');
            forever.countDown();
            assertThat(hanging.get().status()).isIn(200, 408, 504);
        }
    }

    @Test
    void thePortTakesNobodyWithoutItsToken() throws Exception {
        Path state = new Home(home).state(true);
        Path token = state.resolve("admin.token");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(token)))
                .isEqualTo("rw-------");
        String url = Files.readString(state.resolve("admin.url")).split(" ", 2)[0] + "/admin/v1/";
        assertThat(url).startsWith("http://127.0.0.1:");

        assertThat(status(url + "models", "", "{}")).isEqualTo(401);
        assertThat(status(url + "models", "Bearer wrong", "{}")).isEqualTo(401);
        String right = "Bearer " + Files.readString(token).strip();
        assertThat(status(url + "models", right.substring(0, right.length() - 1), "{}"))
                .isEqualTo(401);
        assertThat(status(url + "models", right, "{}")).isEqualTo(200);
        assertThat(status(url + "models", right, "{")).isEqualTo(400);
        assertThat(status(url + "nothing", right, "{}")).isEqualTo(404);
        assertThat(status(url + "models", right, " ".repeat(70_000))).isEqualTo(413);
        Answer publicly =
                RawHttp.ask(miner.port(), "POST", "/admin/v1/models", List.of(), new byte[0]);
        assertThat(publicly.status()).isEqualTo(404);
        Files.setPosixFilePermissions(token, PosixFilePermissions.fromString("rw-r--r--"));
        assertThat(catchThrowable(() -> admin("models"))).hasMessageContaining("chmod 600");
    }

    private static int status(String url, String authorization, String body) throws Exception {
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpRequest.Builder request =
                    HttpRequest.newBuilder(URI.create(url))
                            .POST(HttpRequest.BodyPublishers.ofString(body));
            if (!authorization.isEmpty()) {
                request.header("Authorization", authorization);
            }
            return client.send(request.build(), HttpResponse.BodyHandlers.discarding())
                    .statusCode();
        }
    }
}
