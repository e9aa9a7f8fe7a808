package dev.kiln.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.kiln.bittensor.wire.Answer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/// Names that come and go while callers are served, and what a server remembers of them over a restart.
class NamesIT extends Live {
    private String models() throws Exception {
        return new String(get("/v1/models").body(), StandardCharsets.UTF_8);
    }

    @Test
    void aNameThatIsAddedIsServedEverywhere() throws Exception {
        configure(Map.of("m", A, "n", B), "");

        JsonNode change = admin("config/diff").path("changes").path(0);
        JsonNode applied = admin("config/apply");

        assertThat(change.path("key").asText()).isEqualTo("models[n]");
        assertThat(change.path("what").asText()).isEqualTo("add");
        assertThat(change.path("live").asBoolean()).isTrue();
        assertThat(applied.path("ok").asBoolean()).as(applied.toString()).isTrue();
        assertThat(answeredBy("n")).isEqualTo('b');
        assertThat(answeredBy("m")).isEqualTo('a');
        assertThat(models()).contains("\"id\":\"m\"").contains("\"id\":\"n\"");
        assertThat(get("/v2/models/n").status()).isEqualTo(200);
        assertThat(page("/metrics")).contains("kiln_lane_items_total{model=\"n\"} 1");
        assertThat(ready()).contains("\"name\":\"n\"");
        assertThat(events()).containsExactly("added");
        assertThat(admin("config/diff").path("changes")).isEmpty();
    }

    @Test
    void aNameThatIsRemovedFinishesWhatItHasAndIsGone() throws Exception {
        configure(Map.of("m", A, "n", B), "");
        admin("config/apply");
        CountDownLatch slow = new CountDownLatch(1);
        models.of(A).hangsUntil = slow;
        models.of(A).items.set(0);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Character> inside = threads.submit(() -> answeredBy("m"));
            while (!page("/metrics").contains("kiln_lane_batches_total{model=\"m\"} 1")) {
                Thread.onSpinWait();
            }
            configure(Map.of("n", B), "");

            JsonNode applied = admin("config/apply");
            slow.countDown();

            assertThat(applied.path("ok").asBoolean()).as(applied.toString()).isTrue();
            assertThat(inside.get()).isEqualTo('a');
        }
        Answer refused = ask("m");
        assertThat(Rig.code(refused)).isEqualTo("TASK_UNKNOWN_MODEL");
        assertThat(answeredBy("n")).isEqualTo('b');
        assertThat(models()).doesNotContain("\"id\":\"m\"");
        assertThat(get("/v2/models/m").status()).isEqualTo(404);
        assertThat(page("/metrics")).doesNotContain("model=\"m\"").contains("model=\"n\"");
        assertThat(ready()).startsWith("200").doesNotContain("\"name\":\"m\"");
        assertThat(events()).containsExactly("added", "removed");
        await(() -> models.of(A).closed.get() == 1);
    }

    @Test
    void ifOneCannotBeHadNothingChanges() throws Exception {
        models.of("embedded:x").failsToLoad = true;
        configure(Map.of("m", B, "n", "embedded:c", "o", "embedded:x"), "");

        JsonNode applied = admin("config/apply");

        assertThat(applied.path("ok").asBoolean()).isFalse();
        assertThat(applied.path("reason").asText())
                .startsWith("o: ")
                .contains("torn")
                .endsWith("nothing was changed");
        assertThat(answeredBy("m")).isEqualTo('a');
        assertThat(Rig.code(ask("n"))).isEqualTo("TASK_UNKNOWN_MODEL");
        await(() -> models.of(B).closed.get() == 1);
        await(() -> models.of("embedded:c").closed.get() == 1);
        assertThat(admin("config/diff").path("changes")).hasSize(3);

        models.of("embedded:x").failsToLoad = false;
        assertThat(admin("config/apply").path("done")).hasSize(3);
        assertThat(answeredBy("m")).isEqualTo('b');
        assertThat(answeredBy("n")).isEqualTo('c');
        assertThat(answeredBy("o")).isEqualTo('x');
    }

    @Test
    void aNameThatARouteAsksForStaysUntilARestart() throws Exception {
        miner.drain();
        configure(Map.of("m", A, "n", B), "");
        String bound =
                Files.readString(file)
                        .replace("task: embeddings", "task: embeddings\n    model: m");
        Files.writeString(file, bound);
        launch();
        configure(Map.of("n", B), "");

        JsonNode applied = admin("config/apply");

        assertThat(applied.path("done")).isEmpty();
        assertThat(applied.path("restart").findValuesAsText("key")).contains("models[m]");
        assertThat(answeredBy("m")).isEqualTo('a');
    }

    @Test
    void aHangUpAppliesTheFileToo() throws Exception {
        configure(Map.of("m", B, "n", "embedded:c"), "");

        miner.hangUp();

        while (!events().contains("added")) {
            Thread.onSpinWait();
        }
        assertThat(answeredBy("m")).isEqualTo('b');
        assertThat(answeredBy("n")).isEqualTo('c');
    }

    @Test
    void whatAnsweredBeforeTheRestartCanBeHadBack() throws Exception {
        configure(B, "");
        admin("config/apply");
        miner.drain();
        launch();
        assertThat(answeredBy()).isEqualTo('b');

        JsonNode back = admin("models/rollback");

        assertThat(back.path("ok").asBoolean()).as(back.toString()).isTrue();
        assertThat(answeredBy()).isEqualTo('a');
        assertThat(events()).containsExactly("swapped", "started", "rolled-back");
        assertThat(admin("models/rollback").path("reason").asText())
                .contains("the history knows nothing else");
    }
}
