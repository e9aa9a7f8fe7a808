package dev.kiln.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.kiln.core.model.ModelFault;
import dev.kiln.core.model.ModelOutput;
import dev.kiln.core.model.Prepared;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Two lanes with threads of their own on one device.
@Timeout(60)
class SharedDeviceTest {
    private static final int CALLS = 24;

    private static final Caller HEAVY = Simulation.neuron(1, 750, 1);
    private static final Caller SMALL = Simulation.neuron(2, 250, 1);

    private final Usage usage = new Usage();
    private final DeviceTime device =
            new DeviceTime(new Sharing(Sharing.Policy.STAKE, 0.5, 0.1, usage), 1);
    private final AtomicBoolean over = new AtomicBoolean();
    private final AtomicInteger refused = new AtomicInteger();

    /// Burns a millisecond of processor time for each item.
    private static final class Burning extends GatedAdapter {
        Burning() {
            super(Integer.MAX_VALUE);
        }

        @Override
        public List<ModelOutput> run(List<Prepared> batch) throws ModelFault {
            long until = Time.SYSTEM.threadNanos() + batch.size() * 1_000_000L;
            while (Time.SYSTEM.threadNanos() < until) {
                Thread.onSpinWait();
            }
            return super.run(batch);
        }
    }

    private Lane lane() {
        var policy = new BatchPolicy(4, 1_000, 1, Duration.ZERO);
        return Lane.start(
                new Burning(), new LaneSettings(policy, 1, 1_000_000), device, Time.SYSTEM);
    }

    private void ask(Lane lane, Caller caller) {
        while (!over.get()) {
            Deadline deadline = Deadline.after(System.nanoTime(), Duration.ofSeconds(20));
            try {
                lane.submit(List.of(GatedAdapter.item("text")), new Terms(caller, deadline))
                        .await();
            } catch (Refused no) {
                refused.incrementAndGet();
            } catch (ModelFault | InterruptedException e) {
                throw new AssertionError(e);
            }
        }
    }

    /// As the old lane of a model that is exchanged while another is asked for more than there is.
    @Test
    void anEmptyLaneEndsBesideABusyOne() throws InterruptedException, ExecutionException {
        List<Future<?>> asking = new ArrayList<>();
        Lane one = lane();
        try (Lane other = lane();
                var threads = Executors.newThreadPerTaskExecutor(Thread.ofVirtual().factory())) {
            for (int i = 0; i < CALLS; i++) {
                asking.add(threads.submit(() -> ask(other, HEAVY)));
            }
            TimeUnit.MILLISECONDS.sleep(500);
            Future<?> closed = threads.submit(one::close);
            try {
                assertThat(closed).succeedsWithin(Duration.ofSeconds(5));
            } finally {
                over.set(true);
            }
            for (Future<?> each : asking) {
                each.get();
            }
        }
    }

    @Test
    void callersOfTwoModelsShareOneCoreByStake() throws InterruptedException, ExecutionException {
        List<Future<?>> asking = new ArrayList<>();
        try (Lane one = lane();
                Lane other = lane();
                var threads = Executors.newThreadPerTaskExecutor(Thread.ofVirtual().factory())) {
            for (int i = 0; i < CALLS; i++) {
                asking.add(threads.submit(() -> ask(one, SMALL)));
                asking.add(threads.submit(() -> ask(other, HEAVY)));
            }
            TimeUnit.SECONDS.sleep(1);
            Usage.Part heavyBefore = usage.part(HEAVY.name());
            Usage.Part smallBefore = usage.part(SMALL.name());
            TimeUnit.SECONDS.sleep(4);
            double heavy = usage.part(HEAVY.name()).given() - heavyBefore.given();
            double small = usage.part(SMALL.name()).given() - smallBefore.given();
            over.set(true);
            for (Future<?> each : asking) {
                each.get();
            }

            assertThat(refused.get()).isZero();
            assertThat(small / (small + heavy)).isCloseTo(0.25, within(0.025));
        }
    }
}
