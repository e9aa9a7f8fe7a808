package dev.kiln.loadtest.compare;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class StatisticsTest {
    @Test
    void theNormalDistributionIsTheOneOfTheTables() {
        assertThat(Normal.both(0.95)).isCloseTo(1.959963985, within(1e-8));
        assertThat(Normal.both(0.99)).isCloseTo(2.575829304, within(1e-8));
        assertThat(Normal.below(-1)).isCloseTo(0.158655254, within(1e-9));
        assertThat(Normal.below(5)).isCloseTo(0.99999971, within(1e-8));
    }

    /// Newcombe 1998, table II, method 10: 56/70 less 48/80 is 0.0524 to 0.3339; 0/10 less 0/20 is -0.1611 to 0.2775.
    @Test
    void newcombesIntervalIsThePublishedOne() {
        var interval = new Shares(48, 80).to(new Shares(56, 70), 0.95);
        assertThat(interval.low()).isCloseTo(0.0524, within(1e-4));
        assertThat(interval.high()).isCloseTo(0.3339, within(1e-4));

        var none = new Shares(0, 20).to(new Shares(0, 10), 0.95);
        assertThat(none.low()).isCloseTo(-0.1611, within(1e-4));
        assertThat(none.high()).isCloseTo(0.2775, within(1e-4));
    }

    /// Hanley and McNeil 1982: an area of 0.893 of 51 and 58 cases has a standard error of 0.032.
    @Test
    void anAreasErrorIsThePublishedOne() {
        var area = new Area(0.893, 109);
        var interval = Area.interval(area, area, 0.95);

        assertThat(requireNonNull(interval.high()) / 1.96 / Math.sqrt(2))
                .isCloseTo(0.032, within(0.001));
    }
}
