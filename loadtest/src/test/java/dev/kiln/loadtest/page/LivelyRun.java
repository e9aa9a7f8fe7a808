package dev.kiln.loadtest.page;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.kiln.loadtest.report.LoadJson;
import dev.kiln.loadtest.report.LoadRun;
import dev.kiln.loadtest.report.SampleRun;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;

/// Made-up runs whose seconds differ as they do in real ones, and whose strings are what an enemy would choose.
final class LivelyRun {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Set<String> KEPT = Set.of("schema", "word", "hdr");

    private LivelyRun() {}

    /// @param seconds how many the run was measured
    static LoadRun of(long seed, int seconds) {
        var random = new SplittableRandom(seed);
        List<LoadRun.Second> series = new ArrayList<>();
        for (int s = 0; s < seconds; s++) {
            double burst = s % 20 == 7 ? 4 : 1;
            long offered = Math.round((150 + random.nextInt(40)) * (burst > 1 ? 1.6 : 1));
            long refused = burst > 1 ? 20 + random.nextInt(20) : 0;
            double p50 = (4 + random.nextDouble()) * burst;
            series.add(
                    new LoadRun.Second(
                            s,
                            offered,
                            offered - refused,
                            offered - refused - random.nextInt(3),
                            refused,
                            offered - refused,
                            p50,
                            p50 * (3 + 3 * random.nextDouble()),
                            s == 3 ? null : sample(random, s, burst)));
        }
        return with(SampleRun.of(seed, 1), series);
    }

    private static LoadRun.Sample sample(SplittableRandom random, int s, double burst) {
        return new LoadRun.Sample(
                3 + random.nextDouble() + 4 * (burst - 1),
                0.6 + random.nextDouble() * burst,
                Math.rint(2 + 6 * random.nextDouble() * burst),
                0.7 + random.nextDouble() / 4,
                280 + Math.min(60, s) + 8 * random.nextDouble(),
                s % 9 == 0 ? 3 + random.nextDouble() : 0,
                40 + random.nextDouble(),
                180 + random.nextDouble());
    }

    private static LoadRun with(LoadRun run, List<LoadRun.Second> series) {
        return new LoadRun(
                run.schema(),
                run.verdict(),
                run.setup(),
                run.totals(),
                run.latency(),
                series,
                run.validators(),
                run.served(),
                run.search());
    }

    static LoadRun word(LoadRun run, String word, List<String> reasons, List<String> voids) {
        return new LoadRun(
                run.schema(),
                new LoadRun.Outcome(word, reasons, voids),
                run.setup(),
                run.totals(),
                run.latency(),
                run.series(),
                run.validators(),
                run.served(),
                run.search());
    }

    /// Every text of the run, said by an enemy; only the verdict's word and the histograms stay.
    static LoadRun hostile(String evil) {
        try {
            JsonNode tree = JSON.readTree(LoadJson.write(of(1, 20)));
            poison(tree, evil);
            return LoadJson.parse(JSON.writeValueAsString(tree));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void poison(JsonNode node, String evil) {
        if (node instanceof ArrayNode array) {
            for (int i = 0; i < array.size(); i++) {
                if (array.get(i).isTextual()) {
                    array.set(i, TextNode.valueOf(evil));
                } else {
                    poison(array.get(i), evil);
                }
            }
        }
        if (node instanceof ObjectNode object) {
            for (Map.Entry<String, JsonNode> field : List.copyOf(object.properties())) {
                if (field.getKey().equals("causes")) {
                    ObjectNode causes = object.putObject("causes");
                    List.of("refused", "wrong", "unproved", "lost")
                            .forEach(kind -> causes.putObject(kind).put(evil, 1));
                } else if (!field.getValue().isTextual()) {
                    poison(field.getValue(), evil);
                } else if (!KEPT.contains(field.getKey())) {
                    object.put(field.getKey(), evil);
                }
            }
        }
    }
}
