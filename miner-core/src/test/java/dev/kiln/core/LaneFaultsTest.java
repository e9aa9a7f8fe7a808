package dev.kiln.core;

import static dev.kiln.core.GatedAdapter.item;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.kiln.core.model.ModelFault;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What a lane does when its engine fails, hangs or lacks memory.
@Timeout(60)
class LaneFaultsTest {
    private static final BatchPolicy POLICY = new BatchPolicy(8, 100, 1, Duration.ZERO);

    private final ManualTime time = new ManualTime();
    private final GatedAdapter adapter = new GatedAdapter(0);
    private final Lane lane = Lane.start(adapter, new LaneSettings(POLICY, 1, 10_000), time);

    @AfterEach
    void close() {
        adapter.leave.release(1_000_000);
        lane.close();
    }

    private Ticket submit(String text) throws Refused {
        return lane.submit(
                List.of(item(text)),
                new Terms(
                        new Caller.KeyHolder("somebody"),
                        Deadline.after(time.tick(), Duration.ofSeconds(30))));
    }

    /// Has these run in one batch.
    private List<Ticket> together(String... texts) throws Exception {
        Ticket first = submit("first");
        adapter.running.acquire();
        List<Ticket> tickets = new ArrayList<>();
        for (String text : texts) {
            tickets.add(submit(text));
        }
        adapter.leave.release(1_000);
        while (!first.over()) {
            Thread.onSpinWait();
        }
        return tickets;
    }

    @Test
    void aLaneWhoseDeviceIsLostIsSickAtTheFirstFault() throws Exception {
        List<Ticket> tickets = together("a", "lost");

        for (Ticket ticket : tickets) {
            assertThatThrownBy(ticket::await).isInstanceOf(ModelFault.class);
        }
        assertThat(lane.health()).isEqualTo(Lane.Health.SICK);
        assertThat(lane.deviceLost()).isTrue();
        assertThat(adapter.proofs).hasValue(0);
    }

    @Test
    void oneBadItemFailsAloneAndItsCompanyIsAnswered() throws Exception {
        List<Ticket> tickets = together("a", "b", "fault", "d", "e", "f", "g", "h");

        for (int i = 0; i < 8; i++) {
            if (i == 2) {
                assertThatThrownBy(tickets.get(2)::await).isInstanceOf(ModelFault.class);
            } else {
                assertThat(tickets.get(i).await().outputs()).hasSize(1);
            }
        }
        assertThat(lane.health()).isEqualTo(Lane.Health.WELL);
        assertThat(adapter.batches.get(1)).hasSize(8);
    }

    @Test
    void aBatchThatLacksMemoryIsSplitAndTheLaneKeepsToSmallerOnes() throws Exception {
        adapter.memory = 3;

        for (Ticket ticket : together("a", "b", "c", "d", "e", "f", "g", "h")) {
            assertThat(ticket.await().outputs()).hasSize(1);
        }
        int seen = adapter.batches.size();
        adapter.leave.drainPermits();
        adapter.running.drainPermits();
        for (Ticket ticket : together("a", "b", "c", "d", "e", "f", "g", "h")) {
            assertThat(ticket.await().outputs()).hasSize(1);
        }

        assertThat(lane.settings().policy().maxCost()).isEqualTo(2);
        assertThat(adapter.batches.subList(seen + 1, adapter.batches.size()))
                .allSatisfy(batch -> assertThat(batch).hasSizeLessThanOrEqualTo(2));
        assertThat(lane.health()).isEqualTo(Lane.Health.WELL);
    }

    @Test
    void onlyWhatCannotRunAloneFailsForWantOfMemory() throws Exception {
        adapter.memory = 0;
        adapter.leave.release(10);

        assertThatThrownBy(submit("a")::await).isInstanceOf(ModelFault.class);

        adapter.memory = 1;
        assertThat(submit("b").await().outputs()).hasSize(1);
    }

    @Test
    void badItemsTakeNoModelFromTheOthers() throws Exception {
        adapter.leave.release(1_000);
        for (int i = 0; i < LaneHealth.FAULTS_BEFORE_SUSPICION - 1; i++) {
            assertThatThrownBy(submit("fault")::await).isInstanceOf(ModelFault.class);
        }

        assertThat(submit("fine").await().outputs()).hasSize(1);
        assertThat(lane.health()).isEqualTo(Lane.Health.WELL);
        assertThat(adapter.proofs.get())
                .isEqualTo(
                        (LaneHealth.FAULTS_BEFORE_SUSPICION - 1) / LaneHealth.FAULTS_BEFORE_PROOF);
    }

    @Test
    void anEngineThatFailsAndProvesItselfForeverIsSuspectAndServesOn() throws Exception {
        adapter.leave.release(1_000);
        for (int i = 0; i < LaneHealth.FAULTS_BEFORE_SUSPICION; i++) {
            assertThatThrownBy(submit("fault")::await).isInstanceOf(ModelFault.class);
        }

        assertThat(lane.health()).isEqualTo(Lane.Health.SUSPECT);
        assertThat(submit("fine").await().outputs()).hasSize(1);
    }

    @Test
    void anEngineThatFailsItsGoldenSamplesTooIsSickAndTakesNothingMore() throws Exception {
        adapter.broken = true;
        List<Ticket> tickets = together("a", "b", "c", "d", "e", "f", "g", "h");
        for (Ticket ticket : tickets) {
            assertThatThrownBy(ticket::await).isInstanceOf(Exception.class);
        }
        while (!lane.ended()) {
            Thread.onSpinWait();
        }

        Refused refused = catchThrowableOfType(Refused.class, () -> submit("next"));

        assertThat(lane.health()).isEqualTo(Lane.Health.SICK);
        assertThat(refused.reason()).isEqualTo(Refusal.RUN_MODEL_DOWN);
        assertThat(refused.retryAfter()).isPresent();
        assertThat(adapter.closed).hasValue(1);
        assertThat(adapter.batches).hasSizeLessThan(8);
    }

    @Test
    void whatWaitsForASickEngineIsToldToComeAgain() throws Exception {
        adapter.leave.release(2);
        adapter.broken = true;
        assertThatThrownBy(submit("1")::await).isInstanceOf(ModelFault.class);
        assertThatThrownBy(submit("2")::await).isInstanceOf(ModelFault.class);
        adapter.running.drainPermits();
        Ticket third = submit("3");
        adapter.running.acquire();
        Ticket waiting = submit("waiting");
        adapter.leave.release(1);

        assertThatThrownBy(third::await).isInstanceOf(ModelFault.class);
        Refused refused = catchThrowableOfType(Refused.class, waiting::await);

        assertThat(refused.reason()).isEqualTo(Refusal.RUN_MODEL_DOWN);
    }

    @Test
    void aRunBeyondReasonIsSeenAndItsStackTold() throws Exception {
        Ticket ticket = submit("a");
        adapter.running.acquire();
        assertThat(lane.stuck(Duration.ofSeconds(30))).isEmpty();

        time.pass(Duration.ofSeconds(31));

        List<Lane.Stuck> stuck = lane.stuck(Duration.ofSeconds(30));
        assertThat(stuck).hasSize(1);
        assertThat(stuck.getFirst().thread()).isEqualTo("lane-echo-cpu-0");
        assertThat(stuck.getFirst().took()).isEqualTo(Duration.ofSeconds(31));
        assertThat(stuck.getFirst().stack()).isNotEmpty();
        ticket.cancel();
    }

    @Test
    void aLongRunThatIsLearnedToBeLongIsNotStuck() throws Exception {
        Ticket ticket = submit("a");
        adapter.running.acquire();
        time.pass(Duration.ofSeconds(10));
        adapter.leave.release(1);
        ticket.await();
        Ticket second = submit("b");
        adapter.running.acquire();

        time.pass(Duration.ofSeconds(29));

        assertThat(lane.stuck(Duration.ofSeconds(5))).isEmpty();
        adapter.leave.release(1);
        second.await();
    }

    @Test
    void aProofRunsBeforeWhatWaits() throws Exception {
        adapter.leave.release(1);
        lane.prove(Duration.ofSeconds(30));
        assertThat(adapter.proofs).hasValue(1);
        adapter.broken = true;

        assertThatThrownBy(() -> lane.prove(Duration.ofSeconds(30)))
                .isInstanceOf(ModelFault.class)
                .hasMessage("the golden sample came out wrong");
    }

    @Test
    void anAbandonedLaneAnswersWhatWaitsThoughItsLoopHangs() throws Exception {
        Ticket hanging = submit("hanging");
        adapter.running.acquire();
        Ticket waiting = submit("waiting");

        lane.abandon(Refused.until(Refusal.RUN_MODEL_DOWN, "it hangs", Duration.ofSeconds(1)));

        assertThat(catchThrowableOfType(Refused.class, waiting::await)).hasMessage("it hangs");
        assertThat(lane.ended()).isFalse();
        adapter.leave.release(1);
        assertThat(hanging.await().outputs()).hasSize(1);
    }
}
