package dev.kiln.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.core.model.ModelFault;
import dev.kiln.core.model.ModelInfo;
import dev.kiln.core.model.ModelInput;
import dev.kiln.core.model.ModelOutput;
import dev.kiln.core.model.Prepared;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Where calls go when a model computes on several devices.
@Timeout(120)
class PlacementTest {
    private static final Caller SOMEBODY = new Caller.KeyHolder("somebody");
    private static final LaneSettings SETTINGS =
            new LaneSettings(new BatchPolicy(4, 400, 1, Duration.ZERO), 1, 1_000_000);
    private static final String TEXT = "0123456789";

    private final ManualTime time = new ManualTime();
    private final List<GatedAdapter> adapters = new ArrayList<>();
    private final List<Lane> lanes = new ArrayList<>();
    private final ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor();

    @AfterEach
    void close() {
        adapters.forEach(adapter -> adapter.leave.release(1_000_000));
        callers.close();
        lanes.forEach(Lane::close);
    }

    /// A device whose items take so long each, on the test's clock.
    private final class Paced extends GatedAdapter {
        private final Duration each;

        Paced(Duration each) {
            super(1_000_000, true);
            this.each = each;
        }

        @Override
        public List<ModelInput> samples() {
            return List.of(new ModelInput.Text(TEXT));
        }

        @Override
        public List<ModelOutput> run(List<Prepared> batch) throws ModelFault {
            time.pass(each.multipliedBy(batch.size()));
            return super.run(batch);
        }

        /// From now on runs wait.
        void shut() {
            leave.drainPermits();
        }
    }

    /// Runs one device after the other through its calibration: they share the clock.
    private Lane paced(Duration each) throws Exception {
        var adapter = new Paced(each);
        Lane lane = started(adapter);
        lane.prove(Duration.ofSeconds(60));
        adapter.shut();
        return lane;
    }

    private Lane started(GatedAdapter adapter) {
        Lane lane = Lane.start(adapter, SETTINGS, time);
        adapters.add(adapter);
        lanes.add(lane);
        return lane;
    }

    private Slot.Work work(int call) {
        var terms = new Terms(SOMEBODY, Deadline.after(time.tick(), Duration.ofMinutes(10)));
        return new Slot.Work(call, List.of(new ModelInput.Text(TEXT)), terms, false);
    }

    private static final class Silent implements Slot.Witness {
        @Override
        public void took(ModelInfo model) {}

        @Override
        public void prepared() {}
    }

    private Future<Ticket.Ran> call(Slot slot, int call) {
        return callers.submit(() -> slot.run(work(call), new Silent()));
    }

    private static long inside(Lane lane) {
        LaneFacts facts = lane.facts();
        return facts.queuedItems() + facts.items();
    }

    /// One after another, each once the last has found its place.
    private List<Future<Ticket.Ran>> calls(Slot slot, int count) {
        List<Future<Ticket.Ran>> all = new ArrayList<>();
        long before = lanes.stream().mapToLong(PlacementTest::inside).sum();
        for (int i = 1; i <= count; i++) {
            Future<Ticket.Ran> last = call(slot, i);
            all.add(last);
            // A sick lane's own calls leave it meanwhile, so that the sum may fall.
            while (!last.isDone()
                    && lanes.stream().mapToLong(PlacementTest::inside).sum() < before + i) {
                Thread.onSpinWait();
            }
        }
        return all;
    }

    @Test
    void likeDevicesShareTheWork() throws Exception {
        Lane one = paced(Duration.ofMillis(2));
        Lane other = paced(Duration.ofMillis(2));
        var slot = new Slot("echo", List.of(one, other), time);

        calls(slot, 40);

        assertThat(inside(one)).isBetween(17L, 23L);
        assertThat(inside(one) + inside(other)).isEqualTo(40);
    }

    @Test
    void aSlowDeviceGetsProportionallyLess() throws Exception {
        Lane fast = paced(Duration.ofMillis(1));
        Lane slow = paced(Duration.ofMillis(3));
        var slot = new Slot("echo", List.of(slow, fast), time);

        calls(slot, 80);

        assertThat(inside(slow)).isBetween(12L, 28L);
    }

    @Test
    void anIdleFastDeviceIsTakenBeforeAnIdleSlowOne() throws Exception {
        Lane fast = paced(Duration.ofMillis(1));
        Lane slow = paced(Duration.ofMillis(3));

        calls(new Slot("echo", List.of(slow, fast), time), 1);

        assertThat(inside(fast)).isEqualTo(1);
    }

    @Test
    void whatIsOnItsWayCountsAsIfItWaited() throws Exception {
        Lane one = paced(Duration.ofMillis(2));
        Lane other = paced(Duration.ofMillis(2));

        one.coming(1);

        assertThat(Nearest.of(List.of(one, other), 1)).contains(other);
        one.coming(-1);
        assertThat(one.foretell(1, 10)).isEqualTo(other.foretell(1, 10));
    }

    @Test
    void callsThatWaitOnALaneThatFailsRunOnTheOther() throws Exception {
        Lane one = paced(Duration.ofMillis(2));
        Lane other = paced(Duration.ofMillis(2));
        var slot = new Slot("echo", List.of(one, other), time);
        List<Future<Ticket.Ran>> all = calls(slot, 20);

        one.abandon(new Refused(Refusal.RUN_MODEL_DOWN, "planted"));
        assertThat(slot.takeOut(one, "planted", Duration.ofHours(1))).isTrue();
        adapters.forEach(adapter -> adapter.leave.release(1_000));

        for (Future<Ticket.Ran> ran : all) {
            assertThat(ran.get().outputs()).hasSize(1);
        }
        assertThat(slot.sites().degraded()).isTrue();
        assertThat(slot.lane()).contains(other);
    }

    @Test
    void aSickLaneGetsNothingMore() throws Exception {
        GatedAdapter broken = new GatedAdapter(1_000_000);
        broken.broken = true;
        Lane sick = started(broken);
        Lane well = started(new GatedAdapter(1_000_000));
        var slot = new Slot("echo", List.of(sick, well), time);
        while (sick.health() != Lane.Health.SICK) {
            try {
                sick.submit(sick.prepare(work(0).inputs(), work(0).terms()), work(0).terms());
            } catch (Refused _) {
                Thread.onSpinWait();
            }
        }

        for (Future<Ticket.Ran> ran : calls(slot, 20)) {
            assertThat(ran.get().outputs()).hasSize(1);
        }

        assertThat(well.facts().items()).isEqualTo(20);
    }

    @Test
    void aRenewedLaneTakesPartAgainAndTheOthersAreLeftAlone() throws Exception {
        Lane one = paced(Duration.ofMillis(2));
        Lane other = paced(Duration.ofMillis(2));
        var slot = new Slot("echo", List.of(one, other), time);
        slot.takeOut(one, "planted", Duration.ofHours(1));
        slot.stayDown(one, "still", Duration.ofHours(1));
        Lane fresh = paced(Duration.ofMillis(2));

        assertThat(slot.renew(one, fresh)).isEmpty();
        calls(slot, 20);

        assertThat(slot.sites().lanes()).containsExactly(fresh, other);
        assertThat(inside(fresh)).isBetween(7L, 13L);
        assertThat(inside(one)).isZero();
    }
}
