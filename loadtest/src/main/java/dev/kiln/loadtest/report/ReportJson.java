package dev.kiln.loadtest.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.kiln.loadtest.quality.RocAuc;
import dev.kiln.loadtest.traffic.BatchFacts;
import dev.kiln.loadtest.traffic.Examination;
import dev.kiln.loadtest.traffic.Latencies;
import dev.kiln.loadtest.traffic.Ledger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A run as JSON: stable keys in a stable order; keys are only ever added at the end of their object.
public final class ReportJson {
    private static final ObjectMapper JSON =
            new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    private ReportJson() {}

    /// The whole report, with a line break at its end.
    public static String of(Run run, Verdict verdict) {
        try {
            return JSON.writeValueAsString(tree(run, verdict)) + "\n";
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("maps, strings and numbers always have a JSON form", e);
        }
    }

    private static Map<String, Object> tree(Run run, Verdict verdict) {
        Examination.Result result = run.result();
        Ledger.Counts counts = result.counts();
        Map<String, Object> root = new LinkedHashMap<>();
        root.put("verdict", verdict.word());
        root.put("answers", counts.answered());
        root.put("lost", counts.lost());
        root.put("refused", counts.refused());
        root.put("signatures_ok", Verdict.signaturesOk(counts));
        root.put("quality", rounded(counts.quality().orElse(0), 4));
        root.put("p50_ms", rounded(result.corrected().millisAt(50), 3));
        root.put("p99_ms", rounded(result.corrected().millisAt(99), 3));
        root.put("seed", run.seed());
        root.put("model", model(run));
        root.put("reasons", verdict.reasons());
        root.put("seconds", rounded(result.seconds(), 3));
        root.put("rate_per_s", rounded(run.rate(), 3));
        root.put("sent", result.sent());
        root.put("wrong", counts.failed());
        root.put("late", counts.late());
        root.put("quality_bar", RocAuc.BAR);
        root.put("pairs_scored", counts.scored());
        root.put("latency", latency(result));
        root.put("generator_late_p99_ms", rounded(result.lateness().millisAt(99), 3));
        root.put("generator_late_max_ms", rounded(result.lateness().maxMillis(), 3));
        root.put("by_cause", causes(counts.reasons()));
        root.put("validators", validators(run));
        root.put("batches", batches(counts.batches()));
        root.put("miner", miner(run));
        root.put("voids", verdict.voids());
        return root;
    }

    private static Map<String, Object> model(Run run) {
        String told = run.target().sha256();
        String sha256 = told.isEmpty() ? run.result().counts().batches().last().sha256() : told;
        return ordered("name", run.target().model(), "sha256", sha256);
    }

    private static Map<String, Object> miner(Run run) {
        Map<String, Object> miner =
                ordered("hotkey", run.target().hotkey(), "url", run.target().url());
        run.exitCode().ifPresent(code -> miner.put("exit_code", code));
        return miner;
    }

    private static Map<String, Object> latency(Examination.Result result) {
        Latencies corrected = result.corrected();
        Map<String, Object> latency = new LinkedHashMap<>();
        latency.put("range", Latencies.RANGE);
        latency.put("p50_ms", rounded(corrected.millisAt(50), 3));
        latency.put("p90_ms", rounded(corrected.millisAt(90), 3));
        latency.put("p99_ms", rounded(corrected.millisAt(99), 3));
        latency.put("p999_ms", rounded(corrected.millisAt(99.9), 3));
        latency.put("max_ms", rounded(corrected.maxMillis(), 3));
        latency.put("uncorrected_p99_ms", rounded(result.uncorrected().millisAt(99), 3));
        return latency;
    }

    private static Map<String, Object> causes(Ledger.Reasons reasons) {
        Map<String, Object> causes = new LinkedHashMap<>();
        causes.put("refused", reasons.refused());
        causes.put("lost", reasons.lost());
        causes.put("wrong", reasons.wrong());
        causes.put("unproved", reasons.unproved());
        return causes;
    }

    private static List<Map<String, Object>> validators(Run run) {
        List<Map<String, Object>> rows = new ArrayList<>();
        for (int i = 0; i < run.members().size(); i++) {
            Run.Member member = run.members().get(i);
            Ledger.Share share = run.result().counts().shares().get(i);
            Map<String, Object> row = new LinkedHashMap<>();
            row.put("name", member.label());
            row.put("hotkey", member.hotkey());
            row.put("scheme", member.scheme());
            row.put("stake", member.stake());
            row.put("sees", member.sees());
            row.put("sent", share.settled());
            row.put("answered", share.answered());
            row.put("refused", share.refused());
            row.put("lost", share.lost());
            row.put("wrong", share.failed());
            row.put("late", share.late());
            row.put("p50_ms", rounded(share.p50Millis(), 3));
            row.put("p99_ms", rounded(share.p99Millis(), 3));
            rows.add(row);
        }
        return rows;
    }

    private static Map<String, Object> batches(BatchFacts facts) {
        Map<String, Object> batches = new LinkedHashMap<>();
        batches.put("receipts", facts.receipts());
        batches.put("mean_items", rounded(facts.meanItems(), 2));
        batches.put("largest", facts.largest());
        Map<String, Double> stages = new LinkedHashMap<>();
        facts.meanStageMicros().forEach((stage, micros) -> stages.put(stage, rounded(micros, 1)));
        batches.put("mean_stage_us", stages);
        return batches;
    }

    private static Map<String, Object> ordered(
            String key, Object value, String other, Object otherValue) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put(key, value);
        map.put(other, otherValue);
        return map;
    }

    private static double rounded(double value, int digits) {
        double scale = Math.pow(10, digits);
        return Math.rint(value * scale) / scale;
    }
}
