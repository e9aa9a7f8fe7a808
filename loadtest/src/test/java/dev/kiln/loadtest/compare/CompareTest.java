package dev.kiln.loadtest.compare;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.kiln.loadtest.report.LoadRun;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CompareTest {
    private static final LoadRun BEFORE = Runs.of(1, 1, 0);

    private static Comparison compare(LoadRun after) {
        return Compare.of(BEFORE, after, Compare.Rules.DEFAULT);
    }

    private static Comparison.Change change(Comparison comparison, String name) {
        return comparison.changes().stream()
                .filter(change -> change.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void aSlowerServerIsWorseAndTheIntervalHoldsTheTruth() {
        Comparison comparison = compare(Runs.of(2, 1.3, 0));

        assertThat(comparison.word()).isEqualTo("worse");
        assertThat(comparison.exitCode()).isEqualTo(1);
        assertThat(comparison.statement()).contains("worse:", "95 % confidence");
        for (String name : List.of("p50 by second", "p99 by second", "p99 of all")) {
            Comparison.Change change = change(comparison, name);
            assertThat(change.word()).as(name).isEqualTo("worse");
            assertThat(change.change()).as(name).isCloseTo(1.3, within(0.1));
            assertThat(requireNonNull(change.interval()).low())
                    .as(name)
                    .isGreaterThan(1.0)
                    .isLessThan(1.3);
            assertThat(requireNonNull(change.interval()).high()).as(name).isGreaterThan(1.3);
        }
    }

    @Test
    void aFasterServerIsBetter() {
        Comparison comparison = compare(Runs.of(2, 0.7, 0));

        assertThat(comparison.word()).isEqualTo("better");
        assertThat(comparison.exitCode()).isZero();
    }

    @Test
    void theSameServerIsTheSame() {
        assertThat(compare(BEFORE).word()).isEqualTo("same");
    }

    @Test
    void noiseIsCalledAChangeAtMostAsOftenAsWasPromised() {
        int called = 0;
        for (int seed = 100; seed < 200; seed++) {
            called += compare(Runs.of(seed, 1, 0)).word().equals("same") ? 0 : 1;
        }

        assertThat(called).isLessThanOrEqualTo(10);
    }

    @Test
    void fewWrongAnswersAmongManyAreSeen() {
        Comparison comparison = compare(Runs.of(2, 1, 12));

        assertThat(change(comparison, "wrong or unproved").word()).isEqualTo("worse");
        assertThat(comparison.exitCode()).isEqualTo(1);
    }

    @Test
    void aChangeTooSmallToMatterIsNone() {
        LoadRun after = Runs.of(2, 1.3, 0);
        var patient = new Compare.Rules(0.95, 0.5);

        assertThat(Compare.of(BEFORE, after, patient).word()).isEqualTo("same");
    }

    @Test
    void aSlowerRequestIsAsLikelyAsManAndWhitneySay() {
        // Two exponential laws of which one is twice as slow: its draw is the larger one in 2 of 3
        // pairs.
        double slower =
                Tail.slower(
                        Runs.of(1, 1, 0).latency().corrected(),
                        Runs.of(2, 2, 0).latency().corrected());

        assertThat(slower).isCloseTo(2.0 / 3, within(0.01));
        assertThat(Tail.slower(BEFORE.latency().corrected(), BEFORE.latency().corrected()))
                .isCloseTo(0.5, within(1e-9));
    }

    @Test
    void voidRunsAndOtherWorkloadsAreObstacles() {
        LoadRun nothing = Runs.voided(Runs.of(2, 1, 0));
        LoadRun faster = Runs.atRate(Runs.of(2, 1, 0), 300);

        assertThat(Compare.obstacles(BEFORE, nothing))
                .singleElement()
                .asString()
                .contains("void", "late");
        assertThat(Compare.obstacles(BEFORE, faster))
                .singleElement()
                .asString()
                .contains("rate", "170.0/s", "300.0/s");
        assertThat(Compare.obstacles(BEFORE, Runs.of(7, 1, 0))).isEmpty();
        assertThat(Compare.of(BEFORE, nothing, Compare.Rules.DEFAULT).overridden()).isNotEmpty();
    }

    @Test
    void whatElseDiffersIsNamed() {
        LoadRun after = Runs.withModel(Runs.of(2, 1, 0), "cd".repeat(32));

        assertThat(compare(after).differences())
                .extracting(Comparison.Difference::what)
                .containsExactly("model digest", "seed");
    }

    @Test
    void theJsonHasTheDocumentedKeysInTheirOrder() throws IOException {
        JsonNode json = new ObjectMapper().readTree(CompareJson.write(compare(Runs.of(2, 1.3, 0))));
        List<String> keys = new ArrayList<>();
        json.fieldNames().forEachRemaining(keys::add);

        assertThat(keys)
                .containsExactly(
                        "schema",
                        "word",
                        "statement",
                        "confidence",
                        "before",
                        "after",
                        "changes",
                        "differences",
                        "overridden");
        assertThat(json.path("changes").path(0).path("interval").has("low")).isTrue();
        assertThat(CompareText.of(compare(BEFORE)))
                .anyMatch(line -> line.startsWith("verdict     SAME"));
    }

    @Test
    void secondsWithoutAnswersHaveNoLatency() {
        LoadRun bursts = Runs.quietEverySecondSecond(BEFORE);

        assertThat(
                        change(Compare.of(bursts, bursts, Compare.Rules.DEFAULT), "p50 by second")
                                .before())
                .isCloseTo(3.5, within(0.2));
    }

    @Test
    void theSameFilesGiveTheSameWords() {
        LoadRun after = Runs.of(2, 1.1, 3);

        assertThat(CompareJson.write(compare(after))).isEqualTo(CompareJson.write(compare(after)));
    }
}
