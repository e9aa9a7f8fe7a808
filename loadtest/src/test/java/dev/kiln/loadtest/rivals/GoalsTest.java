package dev.kiln.loadtest.rivals;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class GoalsTest {
    private final List<String> told = new ArrayList<>();
    private final Goals goals = new Goals(told::add);

    @Test
    void aFloorIsKeptFromItsOwnSide() {
        goals.least("goodput", 0.95, 0.98, 0.96);
        goals.most("refusal p99, ms", 10, 2, 1.5);

        assertThat(goals.lines())
                .contains(
                        "| goodput | ≥ 0.950 | 0.980 | 0.960 | kept |",
                        "| refusal p99, ms | ≤ 10.0 | 2.00 | 1.50 | aim reached |");
        assertThat(goals.kept()).isTrue();
        assertThat(told)
                .containsExactly(
                        "  goodput: 0.960 (kept)", "  refusal p99, ms: 1.50 (aim reached)");
    }

    @Test
    void whatCouldNotBeMeasuredIsMissed() {
        goals.most("p99 over quiet", 2, 0, Double.NaN);

        assertThat(goals.kept()).isFalse();
        assertThat(goals.lines().getLast()).endsWith("| missed |");
    }

    @Test
    void nothingMeasuredIsNothingKept() {
        assertThat(goals.kept()).isFalse();
    }
}
