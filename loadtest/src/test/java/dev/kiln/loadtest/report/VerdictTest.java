package dev.kiln.loadtest.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.kiln.loadtest.quality.Score;
import dev.kiln.loadtest.traffic.BatchFacts;
import dev.kiln.loadtest.traffic.Examination;
import dev.kiln.loadtest.traffic.Latencies;
import dev.kiln.loadtest.traffic.Ledger;
import dev.kiln.loadtest.traffic.Provenance;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class VerdictTest {
    private static final Map<String, Long> NONE = Map.of();
    private static final Ledger.Reasons CLEAN = new Ledger.Reasons(NONE, NONE, NONE, NONE);

    @Test
    void aCleanRunPasses() {
        assertThat(Verdict.of(run(CLEAN, 0.98, 0)).reasons()).isEmpty();
    }

    @Test
    void oneLostRequestFails() {
        var reasons = new Ledger.Reasons(NONE, Map.of("timeout", 1L), NONE, NONE);

        assertThat(Verdict.of(run(reasons, 0.98, 0)).reasons()).containsExactly("1 lost: timeout");
    }

    @Test
    void anUnprovedAnswerFailsAndSpoilsTheSignatures() {
        var reasons = new Ledger.Reasons(NONE, NONE, NONE, Map.of("WRONG_SIGNER", 2L));
        Run run = run(reasons, 0.98, 0);

        assertThat(Verdict.of(run).reasons())
                .containsExactly("2 answers without proof: WRONG_SIGNER");
        assertThat(Verdict.signaturesOk(run.result().counts())).isFalse();
    }

    @Test
    void lowQualityFails() {
        assertThat(Verdict.of(run(CLEAN, 0.7, 0)).reasons())
                .containsExactly("quality: ROC AUC 0.7000 is under the bar of 0.85");
    }

    @Test
    void aBusyMinerPassesAndOneThatBlamesHonestCallersFails() {
        var busy = new Ledger.Reasons(Map.of("LIMIT_QUEUE_FULL", 3L), NONE, NONE, NONE);
        var blaming = new Ledger.Reasons(Map.of("AUTH_BAD_SIGNATURE", 3L), NONE, NONE, NONE);

        assertThat(Verdict.of(run(busy, 0.98, 0)).pass()).isTrue();
        assertThat(Verdict.of(run(blaming, 0.98, 0)).reasons())
                .containsExactly("3 honest requests refused: AUTH_BAD_SIGNATURE");
    }

    @Test
    void aMinerThatEndsBadlyFails() {
        assertThat(Verdict.of(run(CLEAN, 0.98, 137)).reasons())
                .containsExactly("the miner ended with exit code 137");
    }

    @Test
    void theJsonBeginsWithTheStableKeysInTheirOrder() throws Exception {
        Run run = run(CLEAN, 0.98, 0);
        JsonNode json = new ObjectMapper().readTree(ReportJson.of(run, Verdict.of(run)));
        List<String> keys = new ArrayList<>();
        json.fieldNames().forEachRemaining(keys::add);

        assertThat(keys)
                .startsWith(
                        "verdict",
                        "answers",
                        "lost",
                        "refused",
                        "signatures_ok",
                        "quality",
                        "p50_ms",
                        "p99_ms",
                        "seed",
                        "model");
        assertThat(json.path("verdict").asText()).isEqualTo("pass");
        assertThat(json.path("signatures_ok").isBoolean()).isTrue();
        assertThat(json.path("model").path("sha256").asText()).isEqualTo("ab".repeat(32));
        assertThat(json.path("validators").get(0).path("name").asText()).isEqualTo("large");
    }

    private static Score score(double quality) {
        var auc =
                new Score.Measure(
                        "ROC AUC", OptionalDouble.of(quality), OptionalDouble.of(0.85), true);
        return new Score(List.of(auc), 20, List.of());
    }

    private static Run run(Ledger.Reasons reasons, double quality, int exitCode) {
        var share = new Ledger.Share(10, 0, 0, 0, 0, 1.5, 2.5);
        var facts =
                new BatchFacts(
                        0, 0, 0, Map.of(), new Provenance.Facts("", "", "", "", 0, Map.of()));
        var counts = new Ledger.Counts(List.of(share), reasons, score(quality), facts);
        var result =
                new Examination.Result(
                        10, 1, counts, new Latencies(), new Latencies(), new Latencies());
        return new Run(
                1,
                10,
                new Run.Target("http://h", "5Miner", "minilm", "ab".repeat(32)),
                List.of(new Run.Member("large", "5Large", "sr25519", 60_000, "full")),
                result,
                OptionalInt.of(exitCode));
    }
}
