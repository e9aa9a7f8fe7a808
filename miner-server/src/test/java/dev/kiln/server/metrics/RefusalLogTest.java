package dev.kiln.server.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.core.Refusal;
import dev.kiln.core.Time;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class RefusalLogTest {
    private final AtomicLong tick = new AtomicLong(1);
    private final List<String> lines = new ArrayList<>();
    private final RefusalLog log =
            new RefusalLog(
                    2,
                    lines::add,
                    new Time() {
                        @Override
                        public long epochNanos() {
                            return tick.get();
                        }

                        @Override
                        public long tick() {
                            return tick.get();
                        }
                    });

    @Test
    void aFloodIsCountedInOneLineAndOtherReasonsAreStillHeard() {
        for (int i = 0; i < 10; i++) {
            log.refused(Refusal.TIME_REPLAY, "/v1/embeddings", "5Alice", "used");
        }
        log.refused(Refusal.TASK_UNKNOWN, "other", "10.0.0.1", "nothing here");
        tick.addAndGet(1_000_000_000L);
        log.flush();

        assertThat(lines)
                .containsExactly(
                        "refused TIME_REPLAY /v1/embeddings 5Alice: used",
                        "refused TIME_REPLAY /v1/embeddings 5Alice: used",
                        "refused TASK_UNKNOWN other 10.0.0.1: nothing here",
                        "refused TIME_REPLAY: suppressed 8 lines");
    }

    @Test
    void nobodyWritesLinesOfTheirOwn() {
        log.refused(Refusal.TASK_UNKNOWN, "other", "10.0.0.1", "a\nERROR all is lost\u001b[31m");

        assertThat(lines).singleElement().asString().doesNotContain("\n", "\u001b");
    }
}
