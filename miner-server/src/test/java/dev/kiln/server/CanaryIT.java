package dev.kiln.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/// Candidates that turn out worse in every way there is: each is taken back by the server itself, which tells why and
/// how many calls had gone to it, and no caller notices.
class CanaryIT extends Live {
    /// Waits until the candidate was taken back, and checks that the history tells of it.
    private JsonNode takenBack(String why) throws Exception {
        while (!events().contains("condemned")) {
            Thread.onSpinWait();
        }
        JsonNode trial = trial();
        assertThat(trial.path("on").asBoolean()).isFalse();
        assertThat(trial.path("verdict").asText()).contains(why);
        assertThat(events()).containsExactly("canary", "condemned");
        assertThat(lastEvent().path("detail").asText()).contains(why);
        assertThat(lastEvent().path("calls").asInt()).isEqualTo(trial.path("touched").asInt());
        assertThat(answeredBy()).isEqualTo('a');
        return trial;
    }

    @Test
    void oneThatFailsIsTakenBack() throws Exception {
        models.of(B).failsItsRuns = true;
        canary(100);

        for (int i = 0; i < 10; i++) {
            assertThat(answeredBy()).isEqualTo('a');
        }

        JsonNode trial = takenBack("calls failed on it that the other model answered");
        assertThat(trial.path("touched").asInt()).isBetween(3, 4);
        assertThat(trial.path("retried").asInt()).isEqualTo(trial.path("touched").asInt());
        await(() -> models.of(B).closed.get() == 1);
    }

    @Test
    void oneThatGivesNanIsTakenBackAfterTheFirst() throws Exception {
        models.of(B).givesNan = true;
        canary(100);

        assertThat(answeredBy()).isEqualTo('a');

        assertThat(takenBack("NaN").path("touched").asInt()).isEqualTo(1);
        await(() -> models.of(B).closed.get() == 1);
    }

    @Test
    void oneThatIsTooSlowIsTakenBack() throws Exception {
        models.of(A).takes = Duration.ofMillis(2);
        models.of(B).takes = Duration.ofMillis(40);
        canary(50);

        int calls = 0;
        while (trial().path("on").asBoolean() && calls < 2_000) {
            assertThat(answeredBy()).isIn('a', 'b');
            calls++;
        }

        JsonNode trial = takenBack("times as long on it");
        assertThat(trial.path("touched").asInt()).isBetween(50, calls);
        assertThat(trial.path("retried").asInt()).isZero();
    }

    @Test
    void oneWhoseGoldenSamplesFailIsTakenBack() throws Exception {
        canary(100);
        assertThat(answeredBy()).isEqualTo('b');

        models.of(B).failsItsSamples = true;

        assertThat(takenBack("its golden samples fail").path("touched").asInt()).isEqualTo(1);
    }

    @Test
    void oneThatHangsIsTakenBackAndItsCallIsAnswered() throws Exception {
        CountDownLatch forever = new CountDownLatch(1);
        canary(100);
        models.of(B).hangsUntil = forever;
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Character> hanging = threads.submit(() -> answeredBy());

            JsonNode trial = takenBack("a run on it hangs");

            assertThat(trial.path("touched").asInt()).isEqualTo(1);
            assertThat(hanging.get()).isEqualTo('a');
        } finally {
            forever.countDown();
        }
    }
}
