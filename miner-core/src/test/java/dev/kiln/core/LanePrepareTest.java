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
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Calls with much to prepare.
class LanePrepareTest {
    private static final List<ModelInput> MANY =
            Collections.nCopies(100, new ModelInput.Text("a picture, say"));

    private final ManualTime time = new ManualTime();
    private final AtomicInteger prepared = new AtomicInteger();
    private final GatedAdapter adapter =
            new GatedAdapter(0) {
                @Override
                public Prepared prepare(ModelInput input) throws UnfitInput {
                    prepared.incrementAndGet();
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

    @Test
    void preparingEndsWithTheDeadline() {
        Deadline deadline = Deadline.after(time.tick(), Duration.ofSeconds(1));

        Refused refused = catchThrowableOfType(Refused.class, () -> lane.prepare(MANY, deadline));

        assertThat(refused.reason()).isEqualTo(Refusal.RUN_EXPIRED);
        assertThat(prepared.get()).isBetween(20, 22);
    }

    @Test
    void preparingEndsWhenTheClientLeaves() {
        Deadline deadline = Deadline.after(time.tick(), Duration.ofHours(1));
        Thread.currentThread().interrupt();

        assertThatThrownBy(() -> lane.prepare(MANY, deadline))
                .isInstanceOf(InterruptedException.class);

        assertThat(prepared.get()).isLessThan(3);
        assertThat(Thread.interrupted()).isFalse();
    }
}
