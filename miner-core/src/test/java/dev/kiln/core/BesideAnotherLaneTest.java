package dev.kiln.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.kiln.core.LaneQueue.Batch;
import dev.kiln.core.model.Prepared;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Two lanes on one core, step by step: what one foretells, pays and may begin while the other runs.
class BesideAnotherLaneTest {
    private static final Duration SHORT = Duration.ofMillis(4);
    private static final Duration LONG = Duration.ofMillis(400);
    private static final Duration PATIENCE = Duration.ofSeconds(4);

    private static final Caller HEAVY = Simulation.neuron(1, 600, 1);
    private static final Caller SMALL = Simulation.neuron(3, 100, 1);

    private final ManualTime time = new ManualTime();
    private final DeviceTime device =
            new DeviceTime(new Sharing(Sharing.Policy.STAKE, 0.5, 0.1, new Usage()), 1);
    private final LaneQueue slow = lane(LONG);
    private final LaneQueue quick = lane(SHORT);

    /// Only named by tickets that nobody awaits.
    private final Lane named =
            Lane.start(new GatedAdapter(0), new LaneSettings(Simulation.POLICY, 1, 1), Time.SYSTEM);

    private record One() implements Prepared {
        @Override
        public int cost() {
            return 1;
        }
    }

    private LaneQueue lane(Duration run) {
        var curve = new ServiceCurve();
        for (int items = 1; items <= 8; items++) {
            curve.learn(items, items, run.toNanos() * (1 + items) / 2);
        }
        var policy = new BatchPolicy(8, 1_000, 1, Duration.ZERO);
        var queue = new LaneQueue(new LaneSettings(policy, 1, 1_000_000), curve, device, time);
        queue.ready();
        return queue;
    }

    private void ask(LaneQueue lane, Caller caller, Duration patience) throws Refused {
        Deadline deadline = Deadline.after(time.tick(), patience);
        lane.offer(
                new Ticket(named, deadline, 1),
                new Terms(caller, deadline),
                List.<Prepared>of(new One()));
    }

    private static Batch begun(LaneQueue lane) {
        Optional<Batch> batch = lane.poll();
        assertThat(batch).isPresent();
        return batch.get();
    }

    private void ended(LaneQueue lane, Batch batch) {
        long took = time.tick() - batch.takenTick();
        lane.ran(batch, took, took, true);
    }

    private double had(Caller caller) {
        Account account = device.accounts().came(caller, time.tick());
        return account.had * account.weight;
    }

    @AfterEach
    void close() {
        named.close();
    }

    /// A seventh of the core makes some 20 ms of 4.
    @Test
    void whatRunsElsewhereIsPartOfAForecastThoughNothingWaits() throws Refused {
        ask(slow, HEAVY, PATIENCE);
        begun(slow);

        assertThatThrownBy(() -> ask(quick, SMALL, Duration.ofMillis(20)))
                .isInstanceOfSatisfying(
                        Refused.class,
                        no -> {
                            assertThat(no.reason()).isEqualTo(Refusal.LIMIT_WOULD_MISS_DEADLINE);
                            assertThat(no.retryAfter().orElseThrow())
                                    .isPositive()
                                    .isLessThan(Duration.ofSeconds(1));
                        });
        ask(quick, SMALL, Duration.ofMillis(60));

        begun(quick);
    }

    @Test
    void theSameCallIsLetInWhereNothingRunsElsewhere() throws Refused {
        ask(quick, SMALL, Duration.ofMillis(20));

        begun(quick);
    }

    @Test
    void aLoopInAProofHoldsNoOtherLane() throws Exception {
        // Both want the core, and the small one is served first.
        ask(slow, HEAVY, PATIENCE);
        ask(quick, SMALL, PATIENCE);
        Batch first = begun(quick);
        time.pass(SHORT);
        ended(quick, first);
        ask(quick, SMALL, PATIENCE);
        assertThat(quick.poll()).isEmpty();

        slow.send(new FutureTask<>(() -> true));
        assertThat(slow.take().jobs()).isEmpty();

        Batch beside = begun(quick);
        time.pass(SHORT);
        ended(quick, beside);
        ask(quick, SMALL, PATIENCE);
        assertThat(slow.errand()).isNotNull();
        slow.ready();
        assertThat(quick.poll()).isEmpty();
    }

    @Test
    void aRunIsPaidForFromTheMomentThatOthersWantItsTime() throws Refused {
        ask(slow, SMALL, PATIENCE);
        Batch run = begun(slow);
        time.pass(Duration.ofMillis(300));
        assertThat(had(SMALL)).isZero();

        ask(quick, HEAVY, PATIENCE);
        assertThat(had(SMALL)).isCloseTo(100e6, within(1e6));

        time.pass(Duration.ofMillis(150));
        ended(slow, run);
        assertThat(had(SMALL)).isCloseTo(150e6, within(1e6));
    }
}
