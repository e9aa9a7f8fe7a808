package dev.kiln.loadtest.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.kiln.loadtest.traffic.Latencies;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LoadJsonTest {
    private static final LoadRun RUN = SampleRun.of(1, 1);

    @TempDir private Path folder = Path.of("");

    @Test
    void aRunComesBackAsItWasWritten() throws IOException {
        assertThat(LoadJson.parse(LoadJson.write(RUN))).isEqualTo(RUN);
    }

    @Test
    void theVerdictComesFirstAndNamesAreInSnakeCase() throws IOException {
        JsonNode json = new ObjectMapper().readTree(LoadJson.write(RUN));
        List<String> keys = new ArrayList<>();
        json.fieldNames().forEachRemaining(keys::add);

        assertThat(keys).startsWith("schema", "verdict", "setup", "totals", "latency");
        assertThat(json.path("latency").path("corrected").path("p99_ms").asDouble()).isPositive();
        assertThat(json.path("totals").path("rates").path("good_per_s").asDouble()).isEqualTo(165);
    }

    @Test
    void whatIsAbsentHasNoKeyAndLaterKeysArePassedOver() throws IOException {
        String json = LoadJson.write(RUN);

        assertThat(new ObjectMapper().readTree(json).path("series").get(3).has("server")).isFalse();
        assertThat(LoadJson.parse(json.replaceFirst("\\{", "{ \"later\": [1],"))).isEqualTo(RUN);
    }

    @Test
    void whatIsNoRunIsNamedAsSuch() throws IOException {
        Path other = Files.writeString(folder.resolve("other.json"), "{\"schema\": \"x/1\"}");
        Path broken = Files.writeString(folder.resolve("broken.json"), "{\"schema\":");

        assertThatThrownBy(() -> LoadJson.read(other))
                .isInstanceOf(IOException.class)
                .hasMessageContainingAll(other.toString(), "kiln-load/1", "x/1");
        assertThatThrownBy(() -> LoadJson.read(broken)).hasMessageContaining("is no report");
        assertThatThrownBy(() -> LoadJson.read(folder.resolve("none")))
                .hasMessageContaining("there is no file");
    }

    @Test
    void aHistogramComesBackWhole() {
        var latencies = new Latencies();
        for (int i = 1; i <= 100_000; i++) {
            latencies.record(i * 10_000L);
        }
        LoadRun.Distribution distribution = Distributions.of(latencies);

        assertThat(Distributions.decode(distribution)).isEqualTo(latencies.copy());
        assertThat(Distributions.spectrum(distribution).getLast().share()).isEqualTo(1);
        assertThat(distribution.p99Ms()).isCloseTo(990, within(1.0));
        assertThat(distribution.p99Interval().low()).isCloseTo(989.4, within(1.0));
        assertThat(distribution.p99Interval().high()).isCloseTo(990.6, within(1.0));
    }

    @Test
    void tooFewNameNoUpperEnd() {
        var latencies = new Latencies();
        latencies.record(1_000_000);

        assertThat(Distributions.of(latencies).p99Interval().high()).isNull();
        assertThat(Distributions.of(new Latencies()).count()).isZero();
    }

    @Test
    void everyKeyIsDocumented() throws IOException {
        String page = Files.readString(Path.of("..", "docs", "load-schema.md"));
        Set<String> missing = new TreeSet<>();
        collect(new ObjectMapper().readTree(LoadJson.write(RUN)), "", missing);
        missing.removeIf(key -> page.contains("`" + key + "`"));

        assertThat(missing).isEmpty();
    }

    /// Every key but those of the maps of causes, which are data.
    private static void collect(JsonNode node, String parent, Set<String> keys) {
        if (node.isArray()) {
            node.forEach(item -> collect(item, parent, keys));
        }
        if (node.isObject() && !parent.startsWith("causes.")) {
            node.fieldNames()
                    .forEachRemaining(key -> {
                        keys.add(key);
                        collect(
                                node.path(key),
                                parent.equals("causes") ? "causes." + key : key,
                                keys);
                    });
        }
    }
}
