package dev.kiln.adapter.probe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.core.model.ModelFault;
import dev.kiln.core.model.ModelInput;
import dev.kiln.core.model.ModelOutput;
import dev.kiln.core.model.Prepared;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class RunTimesTest {
    private static RunTimes.Run run(long beganMicros, long endedMicros) {
        return new RunTimes.Run(beganMicros * 1000, endedMicros * 1000);
    }

    @Test
    void overlappingRunsAreBusyOnceAndLeaveNoGap() {
        // Idle from 100 to 150 and from 400 to 500; the third begins and ends while the second
        // runs.
        var times = RunTimes.of(List.of(run(500, 1000), run(150, 400), run(0, 100), run(200, 300)));

        assertThat(times.count()).isEqualTo(4);
        assertThat(times.wallSeconds()).isEqualTo(1e-3);
        assertThat(times.busy()).isEqualTo(0.85);
        assertThat(times.gapMicrosMedian()).isEqualTo(50);
        assertThat(times.gapMicrosP99()).isEqualTo(100);
        assertThat(times.runMicrosMedian()).isEqualTo(100);
    }

    @Test
    void oneRunIsAllBusy() {
        var times = RunTimes.of(List.of(run(5, 10)));

        assertThat(times.busy()).isEqualTo(1);
        assertThat(times.gapMicrosP99()).isZero();
    }

    @Test
    void theFloorsStandBesideWhatTheHostsClockSaw() {
        assertThat(RunTimes.of(List.of(run(0, 10))).into(new Section("lane")).toString())
                .contains(
                        "\"clock\":\"host\"",
                        "\"busy_floor_g2\":0.930000",
                        "\"gap_us_floor_g3\":200");
    }

    @Test
    void everyRunOfALaneIsSeenButTheFirst() throws Exception {
        var ran = new AtomicInteger();
        var adapter =
                new PlantedAdapter(Integer.MAX_VALUE, new ModelFault("never")) {
                    @Override
                    public List<ModelOutput> run(List<Prepared> batch) throws ModelFault {
                        ran.incrementAndGet();
                        return super.run(batch);
                    }
                };

        List<ModelInput> inputs = Collections.nCopies(4, new ModelInput.Text("clay"));
        var timing = LaneTiming.measure(adapter, inputs, 1, 0.01);

        assertThat(timing.runs().count()).isEqualTo(ran.get() - 1).isPositive();
        assertThat(timing.runs().busy()).isGreaterThan(0).isLessThan(1);
        assertThat(timing.runs().gapMicrosMedian()).isPositive();
    }

    @Test
    void aTextForTimingHasAsManyTokensAsThePyTorchLoop() throws Exception {
        var adapter = new PlantedAdapter(1, new ModelFault("never"));

        assertThat(adapter.prepare(Trials.forTiming(adapter)).cost()).isEqualTo(64);
    }
}
