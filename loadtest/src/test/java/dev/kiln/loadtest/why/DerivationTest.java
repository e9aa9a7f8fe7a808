package dev.kiln.loadtest.why;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.kiln.loadtest.load.PayCurve;
import dev.kiln.loadtest.report.SampleRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DerivationTest {
    private static final String LINEAR =
            "all until 100 ms, then straight down to nothing at 1100 ms";
    private static final Evidence.Quality FINE =
            new Evidence.Quality("ROC AUC", Optional.of(0.96), 0.85, 0);

    /// 1,000 questions of two validators: 100 refused, 50 late; the large one is served worse.
    private static Evidence evidence(Evidence.Quality quality, Map<Double, Long> spread) {
        return new Evidence(
                "a run",
                List.of(),
                new Evidence.Counts(1000, 0, 100, 0, 0, 50, 850),
                new Evidence.Pay((3 * 0.4 + 0.6) / 4, LINEAR),
                quality,
                new Evidence.Latency(1100, 1300, spread, Map.of("queue", 300.0, "compute", 200.0)),
                List.of(
                        new Evidence.Voice("large", 30_000, 500, 0.4),
                        new Evidence.Voice("small", 10_000, 500, 0.6)),
                Map.of("LIMIT_QUEUE_FULL", 100L));
    }

    @Test
    void theFactorsMultiplyToWhatWasEarned() {
        Derivation why = Derivation.of(evidence(FINE, Map.of()));

        double product =
                why.factors().stream()
                        .mapToDouble(Derivation.Factor::value)
                        .reduce(1, (a, b) -> a * b);
        assertThat(product).isCloseTo(0.45, within(1e-12));
        assertThat(why.score()).isCloseTo(0.45, within(1e-12));
        assertThat(value(why, "admitted")).isCloseTo(0.9, within(1e-12));
        assertThat(value(why, "in time")).isCloseTo(850 / 900.0, within(1e-12));
        assertThat(value(why, "latency")).isCloseTo(0.5 / 0.85, within(1e-12));
        assertThat(value(why, "stake")).isCloseTo(0.45 / 0.5, within(1e-12));
        assertThat(why.contributions().stream().mapToDouble(c -> c.weight() * c.share()).sum())
                .isCloseTo(0.45, within(1e-12));
    }

    private static double value(Derivation why, String name) {
        return why.factors().stream()
                .filter(each -> each.name().equals(name))
                .findFirst()
                .orElseThrow()
                .value();
    }

    @Test
    void theFirstGateThatFailsIsNamed() {
        assertThat(Derivation.of(evidence(FINE, Map.of())).firstFailed().map(Derivation.Gate::name))
                .contains("99 of 100 in time");
    }

    @Test
    void whatWouldRaiseItMostComesFirst() {
        Derivation why = Derivation.of(evidence(FINE, Map.of()));

        assertThat(why.raises().getFirst().what()).contains("so quick that it earns all");
        assertThat(why.raises().getFirst().score()).isCloseTo(0.45 / (0.5 / 0.85), within(1e-12));
        assertThat(why.raises()).isSortedAccordingTo((a, b) -> Double.compare(b.gain(), a.gain()));
    }

    @Test
    void belowItsBarNothingIsEarnedAndQualityComesFirst() {
        var poor = new Evidence.Quality("ROC AUC", Optional.of(0.6), 0.85, 0);

        Derivation why = Derivation.of(evidence(poor, Map.of()));

        assertThat(why.score()).isZero();
        assertThat(why.factors().getLast().running()).isZero();
        assertThat(why.firstFailed().map(Derivation.Gate::name))
                .contains("quality is over its bar");
        assertThat(why.raises().getFirst().what()).contains("quality");
        assertThat(why.raises().getFirst().score()).isCloseTo(0.45, within(1e-12));
    }

    @Test
    void soonerAnswersAreCountedOverTheSpread() {
        Map<Double, Long> spread = new TreeMap<>(Map.of(100.0, 1L, 600.0, 1L));

        Derivation why = Derivation.of(evidence(FINE, spread));

        // 1 + 0.5 earned; a tenth sooner 1 + 0.56, half the queue (150 ms) less 1 + 0.65.
        assertThat(raise(why, "a tenth sooner").score()).isCloseTo(0.45 * 1.56 / 1.5, within(1e-9));
        assertThat(raise(why, "half the time in the stage queue").score())
                .isCloseTo(0.45 * 1.65 / 1.5, within(1e-9));
    }

    private static Derivation.Raise raise(Derivation why, String what) {
        return why.raises().stream()
                .filter(each -> each.what().contains(what))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void halfOfTheStakeIsTheLargeOnesWord() {
        assertThat(Derivation.of(evidence(FINE, Map.of())).halfOfStake()).isEqualTo(0.4);
    }

    @Test
    void aLoadRunsReportIsRead() throws Exception {
        Evidence evidence = EvidenceFile.of(SampleRun.of(1, 1));
        Derivation why = Derivation.of(evidence);

        assertThat(why.score()).isEqualTo(0.94);
        assertThat(why.factors().getLast().running()).isCloseTo(0.94, within(1e-9));
        assertThat(value(why, "admitted")).isCloseTo((10_200 - 160) / 10_180.0, within(1e-9));
        assertThat(why.firstFailed().map(Derivation.Gate::name)).contains("everything came back");
        assertThat(evidence.latency().spread().values().stream().mapToLong(n -> n).sum())
                .isEqualTo(10_000);
    }

    @Test
    void anUnknownCurveGivesNoGuessesAboutLatency() throws Exception {
        Derivation why = Derivation.of(EvidenceFile.of(SampleRun.of(1, 1)));

        assertThat(why.raises()).noneMatch(each -> each.basis().contains("spread"));
    }

    @Test
    void theCurvesAreThoseOfTheirWords() {
        assertThat(curve("all until 2000 ms, nothing beyond").score(2000)).isEqualTo(1);
        assertThat(curve("all until 2000 ms, nothing beyond").score(2001)).isZero();
        assertThat(curve(LINEAR).score(50)).isEqualTo(1);
        assertThat(curve(LINEAR).score(600)).isEqualTo(0.5);
        assertThat(curve("a soft step between 0 ms and 1000 ms").score(500)).isEqualTo(0.5);
        assertThat(curve("all, whatever the latency").score(1e9)).isEqualTo(1);
        assertThat(LatencyCurve.of("as the moon wills")).isEmpty();
    }

    @Test
    void everyCurveOfALoadRunIsUnderstood() {
        for (String words : List.of("hard", "linear:200ms", "sigmoid", "none")) {
            PayCurve paid = PayCurve.parse(words, Duration.ofSeconds(2));
            LatencyCurve read = curve(paid.words());
            for (long millis : new long[] {0, 150, 700, 1300, 1999, 2000, 2500}) {
                assertThat(read.score((double) millis))
                        .as("%s at %d ms", words, millis)
                        .isCloseTo(paid.score(millis * 1_000_000), within(1e-9));
            }
        }
    }

    private static LatencyCurve curve(String words) {
        return LatencyCurve.of(words).orElseThrow();
    }

    @Test
    void aDemosReportIsReadToo(@TempDir Path folder) throws Exception {
        Path file =
                Files.writeString(
                        folder.resolve("demo.json"),
                        """
                        {"verdict": "pass", "answers": 90, "lost": 4, "refused": 6, "signatures_ok": true,
                         "quality": 0.9, "quality_bar": 0.85, "p99_ms": 300.0, "seconds": 5.0, "sent": 100,
                         "wrong": 0, "late": 10, "by_cause": {"refused": {"LIMIT_QUEUE_FULL": 6}, "lost": {"timeout": 4}},
                         "validators": [{"name": "one", "stake": 10, "sent": 100, "answered": 90, "late": 10}],
                         "batches": {"mean_stage_us": {"compute": 4000.0}}, "miner": {"url": "http://127.0.0.1:1"}}
                        """);

        Derivation why = Derivation.of(EvidenceFile.read(file));

        assertThat(why.score()).isEqualTo(0.8);
        assertThat(why.factors().getLast().running()).isCloseTo(0.8, within(1e-12));
        assertThat(WhyText.lines(EvidenceFile.read(file), why))
                .anyMatch(line -> line.contains("most by LIMIT_QUEUE_FULL"));
    }

    @Test
    void whatIsNoReportIsNamed(@TempDir Path folder) throws Exception {
        Path other = Files.writeString(folder.resolve("other.json"), "{\"a\":1}");
        Path broken = Files.writeString(folder.resolve("broken.json"), "{");

        assertThatThrownBy(() -> EvidenceFile.read(other))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("other.json")
                .hasMessageContaining("schema");
        assertThatThrownBy(() -> EvidenceFile.read(broken)).hasMessageContaining("is not JSON");
        assertThatThrownBy(() -> EvidenceFile.read(folder.resolve("none")))
                .hasMessageContaining("there is no file");
    }
}
