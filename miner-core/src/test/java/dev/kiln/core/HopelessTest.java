package dev.kiln.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kiln.core.Place.Job;
import dev.kiln.core.Terms.WhenLate;
import dev.kiln.core.model.ModelOutput;
import dev.kiln.core.model.Prepared;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What a lane with nothing to do makes of calls that it is much too slow for.
@Timeout(60)
class HopelessTest {
    private static final Caller SOMEBODY = new Caller.KeyHolder("somebody");
    private static final Caller OTHER = new Caller.KeyHolder("other");
    private static final int COST = 40;

    private record Cost(int cost) implements Prepared {}

    private final ManualTime time = new ManualTime();
    private final ServiceCurve curve = new ServiceCurve();
    private final LaneSettings settings = new LaneSettings(Simulation.POLICY, 1, 1_000_000);
    private final LaneQueue queue =
            new LaneQueue(settings, curve, new DeviceTime(Sharing.equal(), 1), time);
    private final Lane lane = Lane.start(new GatedAdapter(0), settings, time);

    /// How long the engine takes for a batch of one, and in how many runs it has shown.
    private void taught(Duration one, int runs) {
        for (int i = 0; i < runs; i++) {
            curve.learn(1, COST, one.toNanos());
        }
    }

    @AfterEach
    void close() {
        lane.close();
    }

    /// Asks an idle lane, which runs what it takes.
    private Optional<Refused> ask(Duration patience, WhenLate whenLate, Duration takes) {
        Deadline due = Deadline.after(time.tick(), patience);
        Deadline last = Deadline.after(time.tick(), Duration.ofMinutes(1));
        Terms terms = new Terms(SOMEBODY, due, last, whenLate);
        try {
            queue.offer(new Ticket(lane, last, 1), terms, List.of(new Cost(COST)));
        } catch (Refused refused) {
            return Optional.of(refused);
        }
        LaneQueue.Batch batch = queue.poll().orElseThrow();
        time.pass(takes);
        for (Job job : batch.jobs()) {
            job.ticket()
                    .complete(
                            job.index(),
                            new ModelOutput.Embedding(new float[1], 1, false),
                            1,
                            Stages.NONE);
        }
        curve.learn(1, COST, takes.toNanos());
        queue.ran(batch, takes.toNanos(), takes.toNanos(), true);
        return Optional.empty();
    }

    private Optional<Refused> ask(Duration patience) {
        return ask(patience, WhenLate.REFUSE, Duration.ofMillis(100));
    }

    @Test
    void whatTakesTwiceItsTimeForSureIsRefusedAndNoTimeHelps() {
        taught(Duration.ofMillis(100), 5);

        Refused refused = ask(Duration.ofMillis(40)).orElseThrow();

        assertThat(refused.reason()).isEqualTo(Refusal.LIMIT_WOULD_MISS_DEADLINE);
        assertThat(refused.retryAfter()).isEmpty();
        assertThat(queue.size()).isZero();
        assertThat(ask(Duration.ofMillis(80))).isEmpty();
    }

    @Test
    void whatIsNotSureIsTried() {
        taught(Duration.ofMillis(100), 4);

        assertThat(ask(Duration.ofMillis(1))).isEmpty();
        assertThat(ask(Duration.ofMillis(1))).isPresent();
    }

    @Test
    void whatOnlyOtherShapesTaughtIsTried() {
        for (int i = 0; i < 10; i++) {
            curve.learn(8, 8 * COST, 400_000_000);
        }

        assertThat(ask(Duration.ofMillis(1))).isEmpty();
    }

    @Test
    void aRouteThatMayBeLateIsNeverRefusedForIt() {
        taught(Duration.ofMillis(100), 5);
        Duration hasty = Duration.ofMillis(1);
        for (int i = 0; i < 60; i++) {
            assertThat(ask(hasty, WhenLate.QUEUE, Duration.ofMillis(100))).isEmpty();
            assertThat(ask(hasty, WhenLate.ANSWER, Duration.ofMillis(100))).isEmpty();
        }
    }

    @Test
    void oneInFiftyIsTriedSoThatAFasterEngineIsNoticed() {
        taught(Duration.ofMillis(100), 5);
        Duration faster = Duration.ofMillis(10);
        int refused = 0;
        int tried = 0;
        while (tried < 40 && refused < 5_000) {
            if (ask(Duration.ofMillis(40), WhenLate.REFUSE, faster).isPresent()) {
                refused++;
            } else {
                tried++;
            }
        }

        // Each try tells the curve by a tenth that it is wrong; after a few the calls are hopeless
        // no more.
        assertThat(tried).isEqualTo(40);
        assertThat(refused).isBetween(49, 10 * 49).satisfies(no -> assertThat(no % 49).isZero());
    }

    /// Some 1.3 s of work.
    private void pile() throws Refused {
        taught(Duration.ofMillis(100), 5);
        for (int i = 0; i < 5; i++) {
            curve.learn(8, 8 * COST, 400_000_000);
        }
        Deadline late = Deadline.after(time.tick(), Duration.ofMinutes(1));
        for (int i = 0; i < 20; i++) {
            queue.offer(new Ticket(lane, late, 1), new Terms(OTHER, late), one(COST));
        }
    }

    @Test
    void aCallIsRefusedForWhatItCostsAtLeastBeforeItIsMadeReady() throws Refused {
        pile();
        Deadline soon = Deadline.after(time.tick(), Duration.ofSeconds(3));
        Terms terms = new Terms(SOMEBODY, soon);

        queue.refuseHopeless(new Ticket(lane, soon, 1), terms, () -> one(1));

        assertThatThrownBy(() ->
                        queue.refuseHopeless(new Ticket(lane, soon, 1), terms, () -> one(2000)))
                .isInstanceOfSatisfying(
                        Refused.class,
                        no -> assertThat(no.reason()).isEqualTo(Refusal.LIMIT_WOULD_MISS_DEADLINE));
        assertThat(queue.size()).isEqualTo(20);
    }

    @Test
    void whatACallCostsAtLeastIsLookedAtWhileOthersGoOn() throws Refused {
        pile();
        Deadline soon = Deadline.after(time.tick(), Duration.ofSeconds(3));
        var seen = new AtomicInteger();

        queue.refuseHopeless(
                new Ticket(lane, soon, 1),
                new Terms(SOMEBODY, soon),
                () -> {
                    seen.set(
                            CompletableFuture.supplyAsync(queue::size)
                                    .orTimeout(10, TimeUnit.SECONDS)
                                    .join());
                    return one(1);
                });

        assertThat(seen).hasValue(20);
    }

    private static List<Prepared> one(int cost) {
        return List.of(new Cost(cost));
    }
}
