package dev.kiln.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.core.model.ModelFault;
import dev.kiln.core.model.ModelInput;
import dev.kiln.core.model.ModelOutput;
import dev.kiln.core.model.Prepared;
import java.time.Duration;
import java.util.List;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

class CalibrationTest {
    private static final BatchPolicy POLICY = new BatchPolicy(16, 1_000, 1, Duration.ZERO);

    private final ManualTime time = new ManualTime();
    private final ServiceCurve curve = new ServiceCurve();

    /// Takes 1 ms and a tenth for each character of the padded batch.
    private class Timed extends GatedAdapter {
        private final long slowness;

        Timed(long slowness) {
            super(1_000_000);
            this.slowness = slowness;
        }

        @Override
        public List<ModelInput> samples() {
            return List.of(new ModelInput.Text("short"), new ModelInput.Text("x".repeat(50)));
        }

        @Override
        public List<ModelOutput> run(List<Prepared> batch) throws ModelFault {
            long largest = batch.stream().mapToLong(Prepared::cost).max().orElseThrow();
            time.pass(Duration.ofNanos(slowness * truth(largest * batch.size())));
            return super.run(batch);
        }
    }

    private static long truth(long padded) {
        return 1_000_000 + 10_000 * padded;
    }

    @Test
    void aLaneKnowsItsEngineBeforeTheFirstCall() {
        Timed adapter = new Timed(1);
        new Calibration(adapter, POLICY, curve, () -> false, time).run();

        assertThat(curve.batch(16, 16 * 30).orElseThrow())
                .isCloseTo((double) truth(16 * 30), Percentage.withPercentage(2));
        assertThat(adapter.batches).anyMatch(batch -> batch.size() == 16);
        assertThat(time.tick()).isLessThan(Calibration.LONGEST_NANOS);
    }

    @Test
    void aSlowEngineIsLearnedOnlyAsFarAsTheTimeGoes() {
        Timed adapter = new Timed(20);
        new Calibration(adapter, POLICY, curve, () -> false, time).run();

        assertThat(time.tick()).isLessThan(2 * Calibration.LONGEST_NANOS);
        assertThat(curve.batch(1, 5)).isPresent();
    }

    @Test
    void whoWaitsIsNotKeptWaiting() {
        Timed adapter = new Timed(1);
        new Calibration(adapter, POLICY, curve, () -> !adapter.batches.isEmpty(), time).run();

        assertThat(adapter.batches).hasSize(1);
    }

    @Test
    void anEngineThatFailsIsNotThisOnesToJudge() {
        Timed adapter = new Timed(1);
        adapter.broken = true;

        new Calibration(adapter, POLICY, curve, () -> false, time).run();

        assertThat(curve.batch(1, 5)).isEmpty();
    }
}
