package dev.kiln.loadtest.miner;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MetricsTest {
    private static final Metrics BEFORE =
            Metrics.parse(
                    """
                    # HELP kiln_stage_seconds Time of answered calls by stage
                    # TYPE kiln_stage_seconds histogram
                    kiln_stage_seconds_count{stage="sign"} 10
                    kiln_stage_seconds_sum{stage="sign"} 0.001
                    kiln_lane_items_total{model="a"} 5.0
                    kiln_lane_items_total{model="b"} 1.0
                    """);

    @Test
    void meansAreThoseSinceTheEarlierPage() {
        Metrics after =
                Metrics.parse(
                        """
                        kiln_stage_seconds_count{stage="sign"} 30
                        kiln_stage_seconds_sum{stage="sign"} 2.1E-3
                        """);

        assertThat(after.stageMicros("sign", BEFORE))
                .isCloseTo(55.0, org.assertj.core.api.Assertions.within(1e-9));
        assertThat(after.stageMicros("unheard", BEFORE)).isZero();
    }

    @Test
    void oneNameIsSummedOverItsLabels() {
        Metrics after =
                Metrics.parse(
                        """
                        kiln_lane_items_total{model="a"} 15.0
                        kiln_lane_items_total{model="b"} 4.0
                        kiln_lane_items_total_of_another{model="b"} 400.0
                        garbage
                        """);

        assertThat(after.sumSince(BEFORE, "kiln_lane_items_total")).isEqualTo(13.0);
    }
}
