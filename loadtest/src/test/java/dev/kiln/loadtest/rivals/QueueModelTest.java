package dev.kiln.loadtest.rivals;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.kiln.core.BatchPolicy;
import dev.kiln.loadtest.traffic.Latencies;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class QueueModelTest {
    private static final BatchPolicy ALONE = new BatchPolicy(1, 1000, 1, Duration.ZERO);
    private static final BatchPolicy TOGETHER = new BatchPolicy(32, 1_000_000, 1, Duration.ZERO);

    /// Poisson arrivals of items of cost 1, so many a second.
    private static List<QueueModel.Coming> random(double perSecond) {
        var random = new SplittableRandom(1);
        List<QueueModel.Coming> coming = new ArrayList<>();
        double at = 0;
        for (int i = 0; i < 60_000; i++) {
            at -= Math.log(1 - random.nextDouble()) * 1e6 / perSecond;
            coming.add(new QueueModel.Coming(at, 1));
        }
        return coming;
    }

    @Test
    void withoutBatchesItIsTheQueueOfTheTextbook() {
        // M/D/1 at 70 %: the mean wait is 0.7 / (2 * 0.3) of a service time.
        var model = new QueueModel(ALONE, new QueueModel.Service(1000, 0, 0));

        Latencies latencies = model.over(random(700));

        assertThat(latencies.meanMillis()).isCloseTo(1 + 0.7 / 0.6, within(0.1));
    }

    @Test
    void whatBatchesCostTogetherIsSaved() {
        // A batch takes as long as one item: even at five times what fits one by one nobody waits
        // for more than two.
        var model = new QueueModel(TOGETHER, new QueueModel.Service(1000, 0, 0));

        Latencies latencies = model.over(random(5000));

        assertThat(latencies.maxMillis()).isLessThanOrEqualTo(2.1);
    }

    @Test
    void theServiceTimeGoesThroughTheRawLoopsTwoBatches() {
        QueueModel.Point small =
                QueueModel.Point.of(
                        Map.of(
                                "items_per_batch", 1.0,
                                "cost_per_s", 2000.0,
                                "items_per_s", 100.0,
                                "run_us", 900.0,
                                "prepare_us", 100.0));
        QueueModel.Point large =
                QueueModel.Point.of(
                        Map.of(
                                "items_per_batch", 9.0,
                                "cost_per_s", 4000.0,
                                "items_per_s", 200.0,
                                "padding_share", 0.1,
                                "run_us", 400.0,
                                "prepare_us", 100.0));

        assertThat(small).isEqualTo(new QueueModel.Point(20, 1000));
        assertThat(large.cost()).isCloseTo(200, within(1e-9));
        var service = QueueModel.Service.through(small, large).with(7);
        assertThat(service.micros(1, 20)).isCloseTo(1007, within(1e-6));
        assertThat(service.micros(9, 200)).isCloseTo(4500 + 63, within(1e-6));
    }
}
