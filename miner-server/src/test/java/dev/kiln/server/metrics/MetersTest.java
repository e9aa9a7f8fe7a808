package dev.kiln.server.metrics;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.core.Answered;
import dev.kiln.core.Asserted;
import dev.kiln.core.Caller;
import dev.kiln.core.Refusal;
import dev.kiln.core.Refused;
import dev.kiln.core.Reply;
import dev.kiln.core.Route;
import dev.kiln.core.Stages;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class MetersTest {
    private static final Caller LAPTOP = new Caller.KeyHolder("laptop");

    private final Meters meters = new Meters();

    @Test
    void countsCallsByRouteStatusAndReason() {
        answered("/a", 200, Optional.empty());
        answered("/a", 200, Optional.empty());
        answered("/a", 503, Optional.empty());
        answered("/b", 200, Optional.empty());
        answered("/a", 429, Optional.of(Refusal.LIMIT_QUEUE_FULL));
        meters.calls()
                .refused("/a", new Refused(Refusal.AUTH_NO_SIGNATURE, "unsigned"), "127.0.0.1");

        assertThat(page().lines().filter(line -> line.startsWith("kiln_requests_total{")))
                .containsExactlyInAnyOrder(
                        "kiln_requests_total{reason=\"OK\",route=\"/a\",status=\"200\"} 2.0",
                        "kiln_requests_total{reason=\"OK\",route=\"/a\",status=\"503\"} 1.0",
                        "kiln_requests_total{reason=\"OK\",route=\"/b\",status=\"200\"} 1.0",
                        "kiln_requests_total{reason=\"LIMIT_QUEUE_FULL\",route=\"/a\",status=\"429\"} 1.0",
                        "kiln_requests_total{reason=\"AUTH_NO_SIGNATURE\",route=\"/a\",status=\"401\"} 1.0");
        assertThat(page().lines().filter(line -> line.startsWith("kiln_caller_requests_total{")))
                .containsExactlyInAnyOrder(
                        "kiln_caller_requests_total{caller=\"api:laptop\",reason=\"OK\"} 4.0",
                        "kiln_caller_requests_total{caller=\"api:laptop\",reason=\"LIMIT_QUEUE_FULL\"} 1.0");
        assertThat(page())
                .contains("kiln_answer_seconds_count{route=\"/a\"} 3")
                .contains("kiln_answer_seconds_count{route=\"/b\"} 1")
                .contains("kiln_stage_seconds_count{stage=\"compute\"} 4");
    }

    @Test
    void namesSoManyCallersAndCountsTheRestTogether() {
        for (int i = 0; i < Meters.MOST_CALLERS + 3; i++) {
            meters.calls()
                    .answered(
                            route("/a"),
                            answer(200, Optional.empty(), new Caller.KeyHolder("caller" + i)),
                            "127.0.0.1",
                            1);
        }

        assertThat(page().lines().filter(line -> line.startsWith("kiln_caller_requests_total{")))
                .hasSize(Meters.MOST_CALLERS + 1)
                .contains("kiln_caller_requests_total{caller=\"other\",reason=\"OK\"} 3.0");
    }

    @Test
    void losesNoneOfThoseThatComeFirstAtOnce() throws InterruptedException {
        int threads = 16;
        var together = new CountDownLatch(1);
        var counting =
                IntStream.range(0, threads)
                        .mapToObj(_ -> Thread.ofPlatform().start(() -> countWhen(together)))
                        .toList();
        together.countDown();
        for (Thread each : counting) {
            each.join();
        }

        assertThat(page())
                .contains("kiln_requests_total{reason=\"OK\",route=\"/a\",status=\"200\"} 16.0")
                .contains("kiln_caller_requests_total{caller=\"api:laptop\",reason=\"OK\"} 16.0");
    }

    private void countWhen(CountDownLatch told) {
        try {
            told.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException("nobody interrupts this", e);
        }
        answered("/a", 200, Optional.empty());
    }

    private void answered(String path, int status, Optional<Refusal> refusal) {
        meters.calls().answered(route(path), answer(status, refusal, LAPTOP), "127.0.0.1", 200_000);
    }

    private static Answered answer(int status, Optional<Refusal> refusal, Caller caller) {
        return new Answered(
                new Reply(status, "application/json", new byte[0]),
                Optional.of(caller),
                refusal,
                "",
                false,
                new Asserted("application/json", Optional.empty(), 8, new Stages(3, 12, 40, 5, 90)),
                10,
                0);
    }

    private static Route route(String path) {
        return new Route(
                path, "task", 1000, Duration.ofSeconds(10), true, Route.AnswerShape.KILN_1);
    }

    private String page() {
        return new String(meters.page().body(), UTF_8);
    }
}
