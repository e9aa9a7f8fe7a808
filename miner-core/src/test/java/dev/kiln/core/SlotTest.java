package dev.kiln.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.kiln.core.model.ModelFault;
import dev.kiln.core.model.ModelInfo;
import dev.kiln.core.model.ModelInput;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class SlotTest {
    private static final Caller SOMEBODY = new Caller.KeyHolder("somebody");
    private static final LaneSettings SETTINGS =
            new LaneSettings(new BatchPolicy(4, 100, 1, Duration.ZERO), 1, 1_000_000);

    private final List<Lane> lanes = new CopyOnWriteArrayList<>();
    private final List<GatedAdapter> adapters = new CopyOnWriteArrayList<>();
    private final Time time = Time.SYSTEM;

    @AfterEach
    void closeLanes() {
        adapters.forEach(adapter -> adapter.leave.release(1_000_000));
        lanes.forEach(Lane::close);
    }

    private Lane lane(GatedAdapter adapter) {
        Lane lane = Lane.start(adapter, SETTINGS, time);
        adapters.add(adapter);
        lanes.add(lane);
        return lane;
    }

    private Lane open(String digest) {
        return lane(new GatedAdapter(1_000_000, true, digest));
    }

    private Slot.Work work(long call, String text) {
        return new Slot.Work(
                call,
                List.of(new ModelInput.Text(text)),
                new Terms(SOMEBODY, Deadline.after(time.tick(), Duration.ofSeconds(30))),
                false);
    }

    /// Remembers the model that a call says it ran on last.
    private static final class Remembering implements Slot.Witness {
        private String digest = "";

        @Override
        public void took(ModelInfo model) {
            digest = model.sha256().substring(0, 2);
        }

        @Override
        public void prepared() {}
    }

    private String ranOn(Slot slot, String text) throws Exception {
        var witness = new Remembering();
        assertThat(slot.run(work(1, text), witness).outputs()).hasSize(1);
        return witness.digest;
    }

    @Test
    void aCallThatBeganOnTheOldLaneFinishesThereAndTheNextRunsOnTheNew() throws Exception {
        GatedAdapter old = new GatedAdapter(0, true, "aa");
        Slot slot = new Slot("echo", List.of(lane(old)), time);
        Lane next = open("bb");
        try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<String> first = callers.submit(() -> ranOn(slot, "first"));
            old.running.acquire();

            Lane left = slot.answerWith(List.of(next)).getFirst();

            assertThat(ranOn(slot, "second")).isEqualTo("bb");
            old.leave.release(10);
            left.close();
            assertThat(first.get()).isEqualTo("aa");
            assertThat(old.closed).hasValue(1);
        }
    }

    @Test
    void nothingIsLostOrDoubledOrMisnamedThroughManySwitches() throws Exception {
        Slot slot = new Slot("echo", List.of(open("00")), time);
        int calls = 4_000;
        List<Future<Boolean>> outcomes = new ArrayList<>();
        try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < calls; i++) {
                String text = "text " + i;
                outcomes.add(callers.submit(() -> trulyNamed(slot, text)));
                if (i % 40 == 0) {
                    String digest = "%02x".formatted(i / 40);
                    List<Lane> left = slot.answerWith(List.of(open(digest), open(digest)));
                    Thread.ofVirtual().start(() -> left.forEach(Lane::close));
                }
            }
            for (Future<Boolean> outcome : outcomes) {
                assertThat(outcome.get()).isTrue();
            }
        }
        List<String> ran =
                adapters.stream().flatMap(a -> a.batches.stream()).flatMap(List::stream).toList();
        assertThat(ran).hasSize(calls).doesNotHaveDuplicates();
        assertThat(slot.facts().items()).isEqualTo(calls);
    }

    /// Whether the adapter that the call names is the one that ran its text.
    private boolean trulyNamed(Slot slot, String text) throws Exception {
        String digest = ranOn(slot, text);
        return adapters.stream()
                .filter(a -> a.info().sha256().startsWith(digest))
                .anyMatch(a -> a.batches.stream().anyMatch(batch -> batch.contains(text)));
    }

    @Test
    void whileNobodyAnswersCallersAreToldWhenToComeAgain() throws Exception {
        Lane lane = open("aa");
        Slot slot = new Slot("echo", List.of(lane), time);

        boolean out = slot.takeOut(lane, "planted", Duration.ofSeconds(8));
        Refused refused = catchThrowableOfType(Refused.class, () -> ranOn(slot, "a"));

        assertThat(out).isTrue();
        assertThat(refused.reason()).isEqualTo(Refusal.RUN_MODEL_DOWN);
        assertThat(refused.retryAfter().orElseThrow()).isGreaterThan(Duration.ofSeconds(2));
        assertThat(slot.model().sha256()).startsWith("aa");
        assertThat(slot.takeOut(lane, "again", Duration.ZERO)).isFalse();
        slot.renew(lane, open("bb"));
        assertThat(ranOn(slot, "b")).isEqualTo("bb");
    }

    @Test
    void aClosedServerIsNotAskedForEver() {
        Lane lane = open("aa");
        Slot slot = new Slot("echo", List.of(lane), time);
        lane.close();

        Refused refused = catchThrowableOfType(Refused.class, () -> ranOn(slot, "a"));

        assertThat(refused.reason()).isEqualTo(Refusal.SERVER_DRAINING);
    }

    /// Sends every call to the candidate and remembers what it saw.
    private record Everything(Lane candidate, List<Seen> seen, boolean usable) implements Trial {
        @Override
        public List<Lane> instead(long call) {
            return List.of(candidate);
        }

        @Override
        public boolean usable(Seen one) {
            seen.add(one);
            return usable;
        }
    }

    @Test
    void whatFailsOnACandidateIsAnsweredByTheLaneAndNobodyNotices() throws Exception {
        GatedAdapter broken = new GatedAdapter(1_000_000, true, "bb");
        broken.broken = true;
        Slot slot = new Slot("echo", List.of(open("aa")), time);
        var trial = new Everything(lane(broken), new CopyOnWriteArrayList<>(), true);
        assertThat(slot.begin(trial)).isTrue();
        assertThat(slot.begin(trial)).isFalse();

        assertThat(ranOn(slot, "a")).isEqualTo("aa");

        assertThat(trial.seen()).hasSize(2);
        assertThat(trial.seen().getFirst().onCandidate()).isTrue();
        assertThat(trial.seen().getFirst().ran()).isEmpty();
        assertThat(trial.seen().getLast().onCandidate()).isFalse();
        slot.end(trial);
        assertThat(ranOn(slot, "b")).isEqualTo("aa");
        assertThat(trial.seen()).hasSize(2);
    }

    @Test
    void anAnswerThatTheTrialRejectsNeverReachesTheCaller() throws Exception {
        Slot slot = new Slot("echo", List.of(open("aa")), time);
        Lane candidate = open("bb");
        slot.begin(new Everything(candidate, new CopyOnWriteArrayList<>(), false));

        assertThat(ranOn(slot, "a")).isEqualTo("aa");
    }

    @Test
    void aCandidateThatClosesIsNoFault() throws Exception {
        Slot slot = new Slot("echo", List.of(open("aa")), time);
        Lane candidate = open("bb");
        var trial = new Everything(candidate, new CopyOnWriteArrayList<>(), true);
        slot.begin(trial);
        candidate.close();

        assertThat(ranOn(slot, "a")).isEqualTo("aa");

        assertThat(trial.seen()).hasSize(1);
        assertThat(trial.seen().getFirst().onCandidate()).isFalse();
    }

    @Test
    void aHangingCandidateLeavesTimeToAnswer() throws Exception {
        Slot slot = new Slot("echo", List.of(open("aa")), time);
        slot.begin(
                new Everything(
                        lane(new GatedAdapter(0, true, "bb")), new CopyOnWriteArrayList<>(), true));
        var witness = new Remembering();
        var work =
                new Slot.Work(
                        1,
                        List.of(new ModelInput.Text("a")),
                        new Terms(SOMEBODY, Deadline.after(time.tick(), Duration.ofSeconds(10))),
                        false);

        assertThat(slot.run(work, witness).outputs()).hasSize(1);

        assertThat(witness.digest).isEqualTo("aa");
    }

    @Test
    void aFaultOfTheLaneThatAnswersReachesTheCaller() {
        GatedAdapter adapter = new GatedAdapter(1_000_000, true, "aa");
        Slot slot = new Slot("echo", List.of(lane(adapter)), time);

        ModelFault fault = catchThrowableOfType(ModelFault.class, () -> ranOn(slot, "fault"));

        assertThat(fault).isNotNull();
    }
}
