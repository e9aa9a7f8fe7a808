package dev.kiln.core;

import static dev.kiln.core.GatedAdapter.item;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.kiln.core.model.ModelFault;
import dev.kiln.core.model.ModelInput;
import dev.kiln.core.model.ModelOutput;
import dev.kiln.core.model.Prepared;
import dev.kiln.core.model.UnfitInput;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class LaneTest {
    private static final BatchPolicy POLICY = new BatchPolicy(4, 100, 1, Duration.ZERO);

    private static final Caller SOMEBODY = new Caller.KeyHolder("somebody");

    private final ManualTime time = new ManualTime();
    private final List<Lane> lanes = new ArrayList<>();
    private final GatedAdapter adapter = new GatedAdapter(0);

    @AfterEach
    void closeLanes() {
        adapter.leave.release(1_000_000);
        lanes.forEach(Lane::close);
    }

    private Lane lane(int loops, long maxQueuedCost) {
        Lane lane = Lane.start(adapter, new LaneSettings(POLICY, loops, maxQueuedCost), time);
        lanes.add(lane);
        return lane;
    }

    private Terms in(Duration left) {
        return new Terms(SOMEBODY, Deadline.after(time.tick(), left));
    }

    private Ticket submit(Lane lane, String... texts) throws Refused {
        List<Prepared> items = new ArrayList<>();
        for (String text : texts) {
            items.add(item(text));
        }
        return lane.submit(items, in(Duration.ofSeconds(10)));
    }

    private static List<Float> firsts(List<ModelOutput> outputs) {
        List<Float> firsts = new ArrayList<>();
        for (ModelOutput output : outputs) {
            firsts.add(((ModelOutput.Embedding) output).vector()[0]);
        }
        return firsts;
    }

    @Test
    void answersComeInTheOrderOfTheQuestionsWhateverTheBatches() throws Exception {
        Lane lane = lane(1, 10_000);
        adapter.leave.release(100);

        Ticket ticket = submit(lane, "aaaaaaaaa", "b", "ccccc", "dd", "eeeeeeee", "fff");

        assertThat(firsts(ticket.await().outputs())).containsExactly(9f, 1f, 5f, 2f, 8f, 3f);
        assertThat(lane.facts().items()).isEqualTo(6);
        assertThat(lane.facts().batches()).isGreaterThanOrEqualTo(2);
    }

    @Test
    void itemsThatWaitTogetherRunTogether() throws Exception {
        Lane lane = lane(1, 10_000);
        Ticket first = submit(lane, "first");
        adapter.running.acquire();
        Ticket second = submit(lane, "b");
        Ticket third = submit(lane, "c");

        adapter.leave.release(2);

        first.await();
        assertThat(second.await().batchSize()).isEqualTo(2);
        assertThat(third.await().batchSize()).isEqualTo(2);
        assertThat(adapter.batches).containsExactly(List.of("first"), List.of("b", "c"));
    }

    @Test
    void whatExpiredInTheQueueNeverReachesTheEngine() throws Exception {
        Lane lane = lane(1, 10_000);
        Ticket first = submit(lane, "first");
        adapter.running.acquire();
        Ticket late = lane.submit(List.of(item("late")), in(Duration.ofMillis(5)));
        time.pass(Duration.ofMillis(6));

        Refused refused = catchThrowableOfType(Refused.class, late::await);

        adapter.leave.release(10);
        first.await();
        assertThat(refused.reason()).isEqualTo(Refusal.RUN_EXPIRED_IN_QUEUE);
        assertThat(submit(lane, "next").await().outputs()).hasSize(1);
        assertThat(adapter.batches).containsExactly(List.of("first"), List.of("next"));
        assertThat(lane.facts().dropped()).isEqualTo(1);
    }

    @Test
    void aLeavingClientsItemsAreDroppedFromTheQueue() throws Exception {
        Lane lane = lane(1, 10_000);
        Ticket first = submit(lane, "first");
        adapter.running.acquire();
        Ticket gone = submit(lane, "gone", "gone too");
        Thread.currentThread().interrupt();
        assertThatThrownBy(gone::await).isInstanceOf(InterruptedException.class);

        assertThat(lane.facts().queuedItems()).isZero();
        assertThat(lane.facts().queuedCost()).isZero();
        adapter.leave.release(10);
        first.await();
        assertThat(adapter.batches).containsExactly(List.of("first"));
    }

    @Test
    void theQueueIsBoundedByCost() throws Exception {
        Lane lane = lane(1, 10);
        Ticket first = submit(lane, "first");
        adapter.running.acquire();
        Ticket second = submit(lane, "12345678");

        Refused refused = catchThrowableOfType(Refused.class, () -> submit(lane, "abc"));

        assertThat(refused.reason()).isEqualTo(Refusal.LIMIT_QUEUE_FULL);
        adapter.leave.release(10);
        first.await();
        second.await();
    }

    @Test
    void aCallThatAloneExceedsTheBoundStillRunsOnAnEmptyQueue() throws Exception {
        Lane lane = lane(1, 10);
        adapter.leave.release(10);

        assertThat(submit(lane, "longer than ten").await().outputs()).hasSize(1);
    }

    @Test
    void aFaultReachesEveryCallOfItsBatchAndNoOther() throws Exception {
        Lane lane = lane(1, 10_000);
        adapter.leave.release(10);
        Ticket faulty = submit(lane, "fault");
        assertThatThrownBy(faulty::await).isInstanceOf(ModelFault.class);
        Ticket buggy = submit(lane, "bug");
        assertThatThrownBy(buggy::await).isInstanceOf(ModelFault.class);

        assertThat(submit(lane, "fine").await().outputs()).hasSize(1);
        assertThat(lane.facts().faults()).isEqualTo(2);
    }

    @Test
    void closingAnswersWhatWaitsAndRefusesWhatComes() throws Exception {
        Lane lane = lane(1, 10_000);
        Ticket first = submit(lane, "first");
        adapter.running.acquire();
        Ticket second = submit(lane, "second");
        Thread closing = Thread.ofVirtual().start(lane::close);
        Refused refused = null;
        while (refused == null) {
            try {
                submit(lane, "x").cancel();
            } catch (Refused closed) {
                refused = closed;
            }
        }
        adapter.leave.release(10);

        closing.join();

        assertThat(refused.reason()).isEqualTo(Refusal.SERVER_DRAINING);
        assertThat(first.await().outputs()).hasSize(1);
        assertThat(second.await().outputs()).hasSize(1);
        assertThat(adapter.closed).hasValue(1);
    }

    @Test
    void aCallThatCannotMakeItsDeadlineIsRefusedWithTheExcess() throws Exception {
        Lane lane = lane(1, 10_000);
        Ticket first = submit(lane, "1234567890");
        adapter.running.acquire();
        time.pass(Duration.ofMillis(100));
        adapter.leave.release(1);
        first.await();
        awaitIdle(lane);
        Ticket running = submit(lane, "1234567890");
        adapter.running.acquire();

        Refused refused =
                catchThrowableOfType(
                        Refused.class,
                        () -> lane.submit(List.of(item("12345")), in(Duration.ofMillis(60))));

        // 100 ms are running, its own 5 of 10 tokens take 50 ms more; a half on top while little is
        // known. Once what runs is done, the same on top, the lane tries whatever comes.
        assertThat(refused.reason()).isEqualTo(Refusal.LIMIT_WOULD_MISS_DEADLINE);
        assertThat(refused.retryAfter().orElseThrow()).isEqualTo(Duration.ofMillis(150));
        adapter.leave.release(10);
        running.await();
    }

    @Test
    void whatMayWaitWaitsBehindWhatIsPromisedAndMayBeAnsweredLate() throws Exception {
        Lane lane = lane(1, 10_000);
        Ticket first = submit(lane, "1234567890");
        adapter.running.acquire();
        time.pass(Duration.ofMillis(100));
        adapter.leave.release(1);
        first.await();
        awaitIdle(lane);
        Ticket running = submit(lane, "1234567890");
        adapter.running.acquire();
        Deadline soon = Deadline.after(time.tick(), Duration.ofMillis(60));
        Deadline last = Deadline.after(time.tick(), Duration.ofSeconds(60));

        Ticket queued =
                lane.submit(
                        List.of(item("queued, and long")),
                        new Terms(SOMEBODY, soon, soon, Terms.WhenLate.QUEUE));
        Ticket late =
                lane.submit(
                        List.of(item("late")),
                        new Terms(SOMEBODY, soon, last, Terms.WhenLate.ANSWER));
        Ticket promised = submit(lane, "a promise of very many letters");
        time.pass(Duration.ofMillis(70));
        adapter.leave.release(10);

        running.await();
        promised.await();
        assertThat(late.await().outputs()).hasSize(1);
        Refused refused = catchThrowableOfType(Refused.class, queued::await);
        assertThat(refused.reason()).isEqualTo(Refusal.RUN_EXPIRED_IN_QUEUE);
        assertThat(adapter.batches.get(2)).first().isEqualTo("a promise of very many letters");
        assertThat(adapter.batches).noneMatch(batch -> batch.contains("queued, and long"));
    }

    private static void awaitIdle(Lane lane) {
        while (lane.busy()) {
            Thread.onSpinWait();
        }
    }

    @Test
    void whatWouldBeRefusedAnywayIsNotPreparedFirst() throws Exception {
        Lane lane = lane(1, 10_000);
        Ticket first = submit(lane, "1234567890");
        adapter.running.acquire();
        time.pass(Duration.ofMillis(100));
        adapter.leave.release(1);
        first.await();
        awaitIdle(lane);
        Ticket running = submit(lane, "1234567890");
        adapter.running.acquire();
        List<ModelInput> unfit = List.of(new ModelInput.Text(""));

        Refused refused =
                catchThrowableOfType(
                        Refused.class, () -> lane.prepare(unfit, in(Duration.ofMillis(60))));

        assertThat(refused.reason()).isEqualTo(Refusal.LIMIT_WOULD_MISS_DEADLINE);
        assertThatThrownBy(() -> lane.prepare(unfit, in(Duration.ofSeconds(60))))
                .isInstanceOf(UnfitInput.class);
        adapter.leave.release(10);
        running.await();
    }

    @Test
    void timeSpentOnThoseWhoLeftIsCounted() throws Exception {
        Lane lane = lane(1, 10_000);
        Ticket first = submit(lane, "ab");
        adapter.running.acquire();
        Ticket gone = submit(lane, "gone");
        Ticket stays = submit(lane, "stay");
        adapter.leave.release(1);
        adapter.running.acquire();
        gone.cancel();
        time.pass(Duration.ofMillis(100));
        adapter.leave.release(10);
        first.await();
        stays.await();
        awaitIdle(lane);

        assertThat(lane.facts().engine().micros()).isEqualTo(100_000);
        assertThat(lane.facts().engine().leftMicros()).isEqualTo(50_000);
        assertThat(lane.facts().engine().deadMicros()).isZero();
    }

    @Test
    void whatOnlySmallBatchesTaughtRefusesNoLargeCall() throws Exception {
        Lane lane = lane(1, 10_000);
        Ticket first = submit(lane, "1");
        adapter.running.acquire();
        time.pass(Duration.ofSeconds(1));
        adapter.leave.release(1);
        first.await();
        Ticket running = submit(lane, "2");
        adapter.running.acquire();

        Ticket large = submit(lane, "x".repeat(60));

        adapter.leave.release(10);
        running.await();
        assertThat(large.await().outputs()).hasSize(1);
    }

    @Test
    void anIdleLaneTriesWhateverComes() throws Exception {
        Lane lane = lane(1, 10_000);
        Ticket first = submit(lane, "12345678");
        adapter.running.acquire();
        time.pass(Duration.ofSeconds(8));
        adapter.leave.release(10);
        first.await();
        awaitIdle(lane);

        Ticket hopeless = lane.submit(List.of(item("12345678")), in(Duration.ofSeconds(1)));

        assertThat(hopeless.await().outputs()).hasSize(1);
    }

    @Test
    void noTicketIsLostWhileManyCallersMeetAClosingLane() throws Exception {
        adapter.leave.release(1_000_000);
        for (int round = 0; round < 50; round++) {
            Lane lane = Lane.start(adapter, new LaneSettings(POLICY, 2, 10_000), Time.SYSTEM);
            List<Future<Boolean>> answered = new ArrayList<>();
            try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
                for (int caller = 0; caller < 64; caller++) {
                    answered.add(callers.submit(() -> answeredOrRefused(lane)));
                }
                lane.close();
            }
            for (Future<Boolean> outcome : answered) {
                assertThat(outcome.get()).isTrue();
            }
        }
    }

    private static boolean answeredOrRefused(Lane lane) throws Exception {
        Terms terms =
                new Terms(SOMEBODY, Deadline.after(System.nanoTime(), Duration.ofSeconds(15)));
        try {
            return lane.submit(List.of(item("a"), item("b")), terms).await().outputs().size() == 2;
        } catch (Refused refused) {
            return refused.reason() == Refusal.SERVER_DRAINING;
        }
    }

    @Test
    void severalLoopsOnAnAdapterThatMayNotBeSharedAreRefused() {
        GatedAdapter alone = new GatedAdapter(0, false);

        assertThatThrownBy(() -> Lane.start(alone, new LaneSettings(POLICY, 2, 1), time))
                .hasMessage("echo may not be shared by 2 loops");
    }
}
