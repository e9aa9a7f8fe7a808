package dev.kiln.loadtest.traffic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.kiln.loadtest.quality.Pair;
import dev.kiln.loadtest.quality.Pairs;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class TimetableTest {
    private static final List<Pair> PAIRS = Pairs.load();

    @Test
    void theSameSeedGivesTheSameBodiesCallersAndMoments() {
        assertThat(lines(plan(42, 200))).isEqualTo(lines(plan(42, 200)));
    }

    @Test
    void anotherSeedGivesOthers() {
        assertThat(lines(plan(42, 200))).isNotEqualTo(lines(plan(43, 200)));
    }

    @Test
    void anotherRateChangesOnlyTheMoments() {
        var slow = all(plan(42, 100));
        var fast = all(plan(42, 200));

        for (int i = 0; i < slow.size(); i++) {
            assertThat(fast.get(i).question().body()).isEqualTo(slow.get(i).question().body());
            assertThat(fast.get(i).caller()).isEqualTo(slow.get(i).caller());
            assertThat((double) slow.get(i).offsetNanos())
                    .isCloseTo(2.0 * fast.get(i).offsetNanos(), within(4.0));
        }
    }

    @Test
    void gapsAreThoseOfAPoissonProcess() {
        var sends = all(new Timetable.Plan(1, 1000, 50, 3, "m"));
        double mean = sends.getLast().offsetNanos() / 1e9 / sends.size();
        double squares = 0;
        for (int i = 1; i < sends.size(); i++) {
            double gap = (sends.get(i).offsetNanos() - sends.get(i - 1).offsetNanos()) / 1e9;
            squares += (gap - mean) * (gap - mean);
        }

        assertThat(mean).isCloseTo(1e-3, within(2e-5));
        assertThat(Math.sqrt(squares / sends.size()) / mean).isCloseTo(1.0, within(0.03));
    }

    @Test
    void everyPairIsAskedBeforeAnyComesTwice() {
        var asked = new ArrayList<Pair>();
        all(plan(5, 200)).forEach(send -> asked.addAll(send.question().pairs()));

        assertThat(new HashSet<>(asked.subList(0, PAIRS.size()))).hasSize(PAIRS.size());
    }

    private static Timetable.Plan plan(long seed, double rate) {
        return new Timetable.Plan(seed, rate, 3, 3, "minilm");
    }

    private static List<Timetable.Send> all(Timetable.Plan plan) {
        var sends = new ArrayList<Timetable.Send>();
        new Timetable(plan, PAIRS).forEachRemaining(sends::add);
        return sends;
    }

    private static String lines(Timetable.Plan plan) {
        return all(plan).stream()
                .map(send ->
                        "%d %d %s"
                                .formatted(
                                        send.offsetNanos(),
                                        send.caller(),
                                        new String(send.question().body(), StandardCharsets.UTF_8)))
                .collect(Collectors.joining("\n"));
    }
}
