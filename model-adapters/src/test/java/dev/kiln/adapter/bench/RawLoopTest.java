package dev.kiln.adapter.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RawLoopTest {
    private static final Path MODELS = Path.of("..", "models");
    private static final Path CACHE = Path.of("target", "test-cache");

    @TempDir private Path folder;

    @Test
    void itPrintsRatesAndTimesAsKeysAndValues() throws Exception {
        Path texts = folder.resolve("texts");
        Files.write(texts, List.of("one", "two words", "a third text of more words"));

        assertThat(measured("embedded:minilm", texts, "1024"))
                .containsKeys("items_per_s", "prepare_us", "run_us", "cpu_us");
    }

    @Test
    void bothEnginesRunPicturesInBatchesOfTheRule() throws Exception {
        Path pictures = Files.createDirectory(folder.resolve("pictures"));
        Files.copy(MODELS.resolve("shapes-small/golden.png"), pictures.resolve("one.png"));

        for (String model : List.of("shapes-small", "shapes-small-torch")) {
            String source = MODELS.resolve(model).toString();
            assertThat(measured(source, pictures, "16384"))
                    .as(model)
                    .containsEntry("items_per_batch", 4.0)
                    .containsEntry("padding_share", 0.0);
        }
    }

    @Test
    void anEmptyFolderIsRefused() {
        String source = MODELS.resolve("shapes-small").toString();

        assertThatThrownBy(() -> measured(source, folder, "16384"))
                .isInstanceOf(IOException.class)
                .hasMessageEndingWith("holds no inputs");
    }

    private static Map<String, Double> measured(String source, Path inputs, String maxCost)
            throws Exception {
        var printed = new ByteArrayOutputStream();
        RawLoop.run(
                new String[] {
                    source, CACHE.toString(), inputs.toString(), "0.2", "32", maxCost, "0.1", "8"
                },
                new PrintStream(printed, true, StandardCharsets.UTF_8));
        Map<String, Double> figures = new HashMap<>();
        printed.toString(StandardCharsets.UTF_8)
                .lines()
                .forEach(line ->
                        figures.put(
                                line.split("=", 2)[0], Double.parseDouble(line.split("=", 2)[1])));
        return figures;
    }
}
