package dev.kiln.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.kiln.core.model.ModelInput;
import dev.kiln.core.model.Prepared;
import dev.kiln.core.model.UnfitInput;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Calls with much to prepare.
class LanePrepareTest {
    private static final List<ModelInput> MANY =
            Collections.nCopies(100, new ModelInput.Text("a picture, say"));

    private final ManualTime time = new ManualTime();
    private final Semaphore begun = new Semaphore(0);
    private final Semaphore goOn = new Semaphore(0);
    private final AtomicInteger prepared = new AtomicInteger();
    private final GatedAdapter adapter =
            new GatedAdapter(0) {
                @Override
                public Prepared prepare(ModelInput input) throws UnfitInput {
                    if (prepared.incrementAndGet() == 3) {
                        begun.release();
                        goOn.acquireUninterruptibly();
                    }
                    time.pass(Duration.ofMillis(50));
                    return super.prepare(input);
                }
            };
    private final Lane lane =
            Lane.start(
                    adapter,
                    new LaneSettings(new BatchPolicy(4, 100, 1, Duration.ZERO), 1, 1000),
                    time);

    @AfterEach
    void close() {
        lane.close();
    }

    private Terms in(Duration left) {
        return new Terms(new Caller.KeyHolder("somebody"), Deadline.after(time.tick(), left));
    }

    @Test
    void whatTakesTooLongToPrepareIsRefusedBeforeItIsBegun() throws Exception {
        try (ExecutorService other = Executors.newVirtualThreadPerTaskExecutor()) {
            lane.prepare(MANY.subList(0, 2), in(Duration.ofHours(1)));
            Future<?> busy = other.submit(() -> lane.prepare(MANY, in(Duration.ofHours(1))));
            begun.acquire();

            Refused refused =
                    catchThrowableOfType(
                            Refused.class, () -> lane.prepare(MANY, in(Duration.ofSeconds(3))));

            goOn.release();
            assertThat(refused.reason()).isEqualTo(Refusal.LIMIT_WOULD_MISS_DEADLINE);
            busy.get();
        }
    }

    @Test
    void preparingEndsWithTheDeadline() {
        goOn.release();
        Terms terms = in(Duration.ofSeconds(1));

        Refused refused = catchThrowableOfType(Refused.class, () -> lane.prepare(MANY, terms));

        assertThat(refused.reason()).isEqualTo(Refusal.RUN_EXPIRED);
        assertThat(prepared.get()).isBetween(20, 22);
    }

    @Test
    void preparingEndsWhenTheClientLeaves() {
        Terms terms = in(Duration.ofHours(1));
        Thread.currentThread().interrupt();

        assertThatThrownBy(() -> lane.prepare(MANY, terms))
                .isInstanceOf(InterruptedException.class);

        assertThat(prepared.get()).isLessThan(3);
        assertThat(Thread.interrupted()).isFalse();
    }
}
