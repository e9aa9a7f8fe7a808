package dev.kiln.house;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.kiln.loadtest.report.LoadJson;
import dev.kiln.loadtest.report.LoadRun;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Load runs of every task against our own server with its real models: the bars hold, and nothing is mixed up.
@Timeout(600)
class LoadIT {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

    /// Samples of one frame of silero's.
    private static final int FRAME = 512;

    @TempDir private Path folder = Path.of("");

    /// A model of the repository, or one that `models/setup` fetched: skipped where it is not there, unless
    /// `KILN_REQUIRE_MODELS` is set, as in CI.
    private static String source(String model) {
        if (model.equals("minilm")) {
            return "embedded:minilm";
        }
        Path own = ROOT.resolve("models").resolve(model);
        Path fetched = ROOT.resolve(".kiln/cache/models").resolve(model);
        Path found = model.startsWith("shapes") ? own : fetched;
        if (System.getenv("KILN_REQUIRE_MODELS") == null) {
            assumeThat(found).as("fetched by models/setup").exists();
        }
        assertThat(found).as("fetched by models/setup").exists();
        return found.toString();
    }

    @ParameterizedTest
    @CsvSource({
        "embedding, minilm, 'ROC AUC'",
        "image-classification, shapes-small, MCC",
        "image-classification, shapes-large, MCC",
        "file-type, magika, MCC",
        "voice-activity, silero-vad, 'ROC AUC of frames'",
    })
    void theRealModelHoldsItsTasksBars(String task, String model, String measure) throws Exception {
        LoadRun run = run("--task=" + task, "--source=" + source(model), "--rate=15");

        assertThat(run.verdict().reasons()).isEmpty();
        LoadRun.Quality quality = run.totals().quality();
        assertThat(quality.task()).isEqualTo(task);
        assertThat(quality.measure()).isEqualTo(measure);
        assertThat(quality.measures()).isNotEmpty().allMatch(LoadRun.Measure::holds);
        assertThat(quality.crossTalk()).isZero();
        assertThat(run.totals().failures().unproved()).isZero();
        assertThat(run.served().receipts()).isPositive();
    }

    @Test
    void aModelWithItsLabelsTurnedRoundFails() throws Exception {
        // It opens under another golden sample only: what it is asked here is what a validator
        // would see.
        Path wrong = Files.createDirectories(folder.resolve("wrong"));
        for (String file : List.of("model.onnx", "golden.png", "model.yaml")) {
            Files.copy(Path.of(source("shapes-mixed-up")).resolve(file), wrong.resolve(file));
        }
        String yaml = Files.readString(wrong.resolve("model.yaml"));
        Files.writeString(
                wrong.resolve("model.yaml"), yaml.substring(0, yaml.indexOf("golden:\n")));

        LoadRun run = run("--task=image-classification", "--source=" + wrong, "--rate=15");

        assertThat(run.totals().good()).isLessThan(run.totals().offered() / 4);
        assertThat(run.verdict().reasons()).anyMatch(why -> why.startsWith("quality: MCC"));
        assertThat(run.verdict().exitCode()).isNotZero();
    }

    /// The golden clip's beginnings, with what the silero-vad package hears in them.
    @Test
    void tensorsAreComparedWithGoldenOnes() throws Exception {
        String silero = source("silero-vad");
        Path model = ROOT.resolve("models/silero-vad");
        Matcher speech =
                Pattern.compile("speech: \\[(.*)]")
                        .matcher(Files.readString(model.resolve("model.yaml")));
        assertThat(speech.find()).isTrue();
        List<String> heard = List.of(speech.group(1).split(", ", -1));
        ByteBuffer clip =
                ByteBuffer.wrap(Files.readAllBytes(model.resolve("golden.s16")))
                        .order(ByteOrder.LITTLE_ENDIAN);
        List<String> samples = new ArrayList<>();
        for (int frames = 4; frames <= heard.size(); frames += 4) {
            int count = frames * FRAME;
            String numbers =
                    IntStream.range(0, count)
                            .mapToObj(i -> Float.toString(clip.getShort(2 * i) / 32768f))
                            .collect(Collectors.joining(","));
            samples.add(
                    """
                    {"inputs": [{"name": "samples", "datatype": "FP32", "shape": [%d], "data": [%s]}],
                     "outputs": [{"name": "probabilities", "data": %s}]}\
                    """
                            .formatted(count, numbers, heard.subList(0, frames)));
        }
        Path golden = folder.resolve("golden.json");
        Files.writeString(golden, "{\"samples\":[" + String.join(",", samples) + "]}");

        LoadRun run = run("--golden=" + golden, "--model=silero", "--source=" + silero, "--rate=8");

        assertThat(run.verdict().reasons()).isEmpty();
        assertThat(run.totals().quality().task()).isEqualTo("tensors");
        assertThat(run.totals().quality().score()).isEqualTo(1);
        assertThat(run.totals().quality().crossTalk()).isZero();
    }

    /// @return the report of a run against a miner of our own
    private LoadRun run(String... words) throws Exception {
        Path json = folder.resolve("run.json");
        List<String> all =
                new ArrayList<>(
                        List.of(
                                "load",
                                "run",
                                "--start",
                                "--seconds=4",
                                "--warm-up=0s",
                                "--deadline=20s",
                                "--timeout=60s",
                                "--pin=none",
                                "--json=" + json));
        all.addAll(List.of(words));
        Launcher.Said said = Launcher.run(folder, all.toArray(String[]::new));
        assertThat(json).as(said.out()).exists();
        System.out.println(said.out());
        return LoadJson.read(json);
    }
}
