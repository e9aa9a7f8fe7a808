package dev.kiln.loadtest.why;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.kiln.loadtest.report.LoadJson;
import dev.kiln.loadtest.report.LoadRun;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.zip.DataFormatException;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramIterationValue;

/// Reads what `kiln load run --json` or `kiln demo --json` wrote.
public final class EvidenceFile {
    private static final ObjectMapper JSON = new ObjectMapper();

    /// The demo pays the same until its answers count as late.
    private static final double DEMO_DEADLINE_MILLIS = 2_000;

    private EvidenceFile() {}

    /// Reads a file.
    ///
    /// @throws IOException if it is neither; the message says which file and what it is not
    public static Evidence read(Path file) throws IOException {
        try {
            return parse(Files.readString(file));
        } catch (NoSuchFileException e) {
            throw new IOException(
                    "there is no file %s; write one with ./kiln load run --json or ./kiln demo --json"
                            .formatted(file),
                    e);
        } catch (JsonProcessingException e) {
            throw new IOException("%s is not JSON: %s".formatted(file, e.getOriginalMessage()), e);
        } catch (IOException e) {
            throw new IOException("%s: %s".formatted(file, e.getMessage()), e);
        }
    }

    /// Reads a report.
    static Evidence parse(String json) throws IOException {
        JsonNode root = JSON.readTree(json);
        if (root.hasNonNull("schema")) {
            return of(LoadJson.parse(json));
        }
        if (root.path("validators").isArray() && root.hasNonNull("signatures_ok")) {
            return demo(root);
        }
        throw new IOException(
                "neither a load run's report (no \"schema\") nor a demo's (no \"signatures_ok\")");
    }

    /// What a load run showed.
    public static Evidence of(LoadRun run) throws IOException {
        LoadRun.Totals totals = run.totals();
        LoadRun.Failures failures = totals.failures();
        LoadRun.Quality quality = totals.quality();
        Map<String, Long> causes = new LinkedHashMap<>(totals.causes().refused());
        causes.putAll(totals.causes().wrong());
        causes.putAll(totals.causes().unproved());
        causes.putAll(totals.causes().lost());
        Map<String, Double> stages = new LinkedHashMap<>();
        run.served().stages().forEach(stage -> stages.put(stage.name(), stage.meanMs()));
        return new Evidence(
                "%s at %.1f/s for %.0f s, %s"
                        .formatted(
                                run.setup().plan().profile(),
                                totals.rates().offeredPerS(),
                                run.setup().plan().seconds(),
                                run.setup().target().url()),
                run.verdict().voids(),
                new Evidence.Counts(
                        totals.offered(),
                        failures.lost() + failures.unsent(),
                        failures.refused() + failures.expired(),
                        failures.unproved(),
                        failures.wrong() + failures.mistaken(),
                        totals.late(),
                        totals.good()),
                new Evidence.Pay(totals.rates().payShare(), totals.rates().payCurve()),
                new Evidence.Quality(
                        quality.measure(),
                        Optional.ofNullable(quality.score()),
                        quality.bar(),
                        quality.crossTalk()),
                new Evidence.Latency(
                        run.setup().plan().deadlineMs(),
                        run.latency().corrected().p99Ms(),
                        spread(run.latency().corrected().hdr()),
                        stages),
                run.validators().stream()
                        .map(each ->
                                new Evidence.Voice(
                                        each.label(),
                                        each.stake(),
                                        each.share().offered(),
                                        each.share().payShare()))
                        .toList(),
                causes);
    }

    private static Map<Double, Long> spread(String hdr) throws IOException {
        Map<Double, Long> spread = new TreeMap<>();
        if (hdr.isEmpty()) {
            return spread;
        }
        try {
            var bytes = ByteBuffer.wrap(Base64.getDecoder().decode(hdr));
            for (HistogramIterationValue each :
                    Histogram.decodeFromCompressedByteBuffer(bytes, 0).recordedValues()) {
                spread.put(each.getValueIteratedTo() / 1e3, each.getCountAtValueIteratedTo());
            }
            return spread;
        } catch (DataFormatException | IllegalArgumentException e) {
            throw new IOException("its latency histogram (\"hdr\") cannot be read", e);
        }
    }

    private static Evidence demo(JsonNode root) {
        JsonNode by = root.path("by_cause");
        Map<String, Long> causes = new LinkedHashMap<>();
        for (String kind : List.of("refused", "lost", "wrong", "unproved")) {
            by.path(kind).properties().forEach(e -> causes.put(e.getKey(), e.getValue().asLong()));
        }
        List<Evidence.Voice> voices = new ArrayList<>();
        double paid = 0;
        double all = 0;
        for (JsonNode each : root.path("validators")) {
            long sent = each.path("sent").asLong();
            double stake = each.path("stake").asDouble();
            double good = each.path("answered").asLong() - each.path("late").asLong();
            voices.add(
                    new Evidence.Voice(
                            each.path("name").asText(), stake, sent, sent == 0 ? 0 : good / sent));
            // A caller without a known stake counts as one TAO.
            paid += Math.max(1, stake) * good;
            all += Math.max(1, stake) * sent;
        }
        long unproved = sum(by.path("unproved"));
        long late = root.path("late").asLong();
        Map<String, Double> stages = new LinkedHashMap<>();
        root.path("batches")
                .path("mean_stage_us")
                .properties()
                .forEach(e -> stages.put(e.getKey(), e.getValue().asDouble() / 1e3));
        return new Evidence(
                "a demo of %.0f s, %s"
                        .formatted(
                                root.path("seconds").asDouble(),
                                root.path("miner").path("url").asText()),
                root.path("voids").valueStream().map(JsonNode::asText).toList(),
                new Evidence.Counts(
                        root.path("sent").asLong(),
                        root.path("lost").asLong(),
                        root.path("refused").asLong(),
                        unproved,
                        root.path("wrong").asLong() - unproved,
                        late,
                        root.path("answers").asLong() - late),
                new Evidence.Pay(
                        all == 0 ? 0 : paid / all,
                        "all until %.0f ms, nothing beyond".formatted(DEMO_DEADLINE_MILLIS)),
                new Evidence.Quality(
                        "ROC AUC",
                        Optional.of(root.path("quality").asDouble()),
                        root.path("quality_bar").asDouble(),
                        0),
                new Evidence.Latency(
                        DEMO_DEADLINE_MILLIS, root.path("p99_ms").asDouble(), Map.of(), stages),
                voices,
                causes);
    }

    private static long sum(JsonNode counts) {
        long sum = 0;
        for (JsonNode each : counts) {
            sum += each.asLong();
        }
        return sum;
    }
}
