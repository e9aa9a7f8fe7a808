package dev.kiln.core;

import static dev.kiln.core.GatedAdapter.item;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.kiln.core.model.Prepared;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Runs that nobody waits for any more, with an engine that can be stopped. It is given leave to end by being stopped
/// alone, so a run that is not stopped hangs the test.
@Timeout(20)
class StoppedRunTest {
    private static final BatchPolicy POLICY = new BatchPolicy(4, 100, 1, Duration.ZERO);
    private static final Caller SOMEBODY = new Caller.KeyHolder("somebody");

    private final ManualTime time = new ManualTime();
    private final GatedAdapter adapter = new GatedAdapter(0);
    private final Lane lane = Lane.start(adapter, new LaneSettings(POLICY, 1, 10_000), time);

    StoppedRunTest() {
        adapter.stoppable = true;
    }

    @AfterEach
    void close() {
        adapter.leave.release(1_000_000);
        lane.close();
    }

    private Ticket submit(Duration left, String... texts) throws Refused {
        List<Prepared> items = new ArrayList<>();
        for (String text : texts) {
            items.add(item(text));
        }
        return lane.submit(items, new Terms(SOMEBODY, Deadline.after(time.tick(), left)));
    }

    private Ticket submit(String... texts) throws Refused {
        return submit(Duration.ofSeconds(10), texts);
    }

    @Test
    void whatNobodyWaitsForIsStoppedAndTheNextRuns() throws Exception {
        Ticket gone = submit("a", "b");
        adapter.running.acquire();
        Ticket next = submit("c");

        gone.cancel();

        adapter.running.acquire();
        adapter.leave.release();
        assertThat(next.await().outputs()).hasSize(1);
        assertThat(adapter.batches).containsExactly(List.of("a", "b"), List.of("c"));
    }

    @Test
    void whatOneOfTwoCallersStillWaitsForGoesOn() throws Exception {
        Ticket first = submit("first");
        adapter.running.acquire();
        Ticket gone = submit("gone");
        Ticket stays = submit("stay");
        adapter.leave.release();
        first.await();
        adapter.running.acquire();

        gone.cancel();
        adapter.leave.release();

        assertThat(stays.await().outputs()).hasSize(1);
        assertThat(lane.facts().engine().stopped()).isZero();
    }

    @Test
    void aRunIsStoppedWhenTheLastOfItsCallersLeaves() throws Exception {
        Ticket first = submit("first");
        adapter.running.acquire();
        Ticket one = submit("gone");
        Ticket other = submit("left");
        adapter.leave.release();
        first.await();
        adapter.running.acquire();

        one.cancel();
        other.cancel();
        awaitIdle();

        assertThat(adapter.batches).contains(List.of("gone", "left"));
        assertThat(lane.facts().engine().stopped()).isEqualTo(1);
    }

    @Test
    void aRunWhoseCallersDeadlinePassedIsStopped() throws Exception {
        Ticket late = submit(Duration.ofMillis(50), "a");
        adapter.running.acquire();

        Refused refused = catchThrowableOfType(Refused.class, late::await);
        awaitIdle();

        assertThat(refused.reason()).isEqualTo(Refusal.RUN_EXPIRED);
        assertThat(lane.facts().engine().stopped()).isEqualTo(1);
    }

    @Test
    void aStoppedRunIsNoFaultAndItsTimeIsCounted() throws Exception {
        Ticket gone = submit("abc");
        adapter.running.acquire();
        time.pass(Duration.ofSeconds(1));

        gone.cancel();
        awaitIdle();

        LaneFacts facts = lane.facts();
        assertThat(facts.faults()).isZero();
        assertThat(lane.health()).isEqualTo(Lane.Health.WELL);
        assertThat(adapter.proofs).hasValue(0);
        assertThat(facts.engine().leftMicros()).isEqualTo(1_000_000);
    }

    @Test
    void whoHangsUpEarlyTeachesNothing() throws Exception {
        answered("abc", Duration.ofMillis(100));
        Ticket gone = submit("abc");
        adapter.running.acquire();
        time.pass(Duration.ofSeconds(5));

        gone.cancel();
        awaitIdle();

        assertThat(lane.foretell(1, 3)).isBetween(0.05e9, 0.2e9);
    }

    @Test
    void whoWaitedToTheEndOfHisTimeTeachesThatItTakesLonger() throws Exception {
        answered("abc", Duration.ofSeconds(1));
        Ticket late = submit("abc");
        adapter.running.acquire();
        time.pass(Duration.ofSeconds(11));

        assertThat(catchThrowableOfType(Refused.class, late::await)).isNotNull();
        awaitIdle();

        assertThat(lane.foretell(1, 3)).isGreaterThan(2e9);
        assertThat(lane.facts().faults()).isZero();
    }

    @Test
    void aRunStoppedBeyondReasonIsAFault() throws Exception {
        answered("abc", Duration.ofMillis(100));
        Ticket late = submit("abc");
        adapter.running.acquire();
        time.pass(Duration.ofSeconds(11));

        assertThat(catchThrowableOfType(Refused.class, late::await)).isNotNull();
        awaitIdle();

        assertThat(lane.facts().faults()).isEqualTo(1);
    }

    @Test
    void aFaultOfAnEngineThatCannotBeStoppedStaysAFault() throws Exception {
        adapter.stoppable = false;
        Ticket gone = submit("fault");
        adapter.running.acquire();

        gone.cancel();
        adapter.leave.release();
        awaitIdle();

        assertThat(lane.facts().faults()).isEqualTo(1);
        assertThat(lane.facts().engine().stopped()).isZero();
    }

    @Test
    void aRunOfACallThatItsLaneFailedIsStoppedOnceTheCallGivesUp() throws Exception {
        Ticket more = submit("a", "b", "c", "d", "rest");
        adapter.running.acquire();
        lane.abandon(new Refused(Refusal.RUN_MODEL_DOWN, "the lane goes"));

        Refused refused = catchThrowableOfType(Refused.class, more::await);
        more.cancel();
        awaitIdle();

        assertThat(refused.reason()).isEqualTo(Refusal.RUN_MODEL_DOWN);
        assertThat(adapter.batches).containsExactly(List.of("a", "b", "c", "d"));
        assertThat(lane.facts().engine().stopped()).isEqualTo(1);
    }

    private void answered(String text, Duration took) throws Exception {
        Ticket ticket = submit(text);
        adapter.running.acquire();
        time.pass(took);
        adapter.leave.release();
        ticket.await();
        awaitIdle();
    }

    private void awaitIdle() {
        while (lane.busy()) {
            Thread.onSpinWait();
        }
    }
}
