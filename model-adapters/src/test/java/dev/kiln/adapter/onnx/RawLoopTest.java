package dev.kiln.adapter.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RawLoopTest {
    @TempDir private Path folder;

    @Test
    void itPrintsRatesAndTimesAsKeysAndValues() throws Exception {
        Path texts = folder.resolve("texts");
        Files.write(
                texts,
                VariedTexts.generate(50, 5).stream()
                        .map(text -> text.replaceAll("\\R", " "))
                        .toList());
        var printed = new ByteArrayOutputStream();

        RawLoop.run(
                new String[] {texts.toString(), "0.5", "32", "1024", "0.25", "64"},
                new PrintStream(printed, true, StandardCharsets.UTF_8));

        assertThat(printed.toString(StandardCharsets.UTF_8).lines())
                .allMatch(line -> line.matches("[a-z_]+=[0-9.e+-]+"))
                .anyMatch(line -> line.startsWith("items_per_s="))
                .anyMatch(line -> line.startsWith("run_us="));
    }
}
