package dev.kiln.house;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The commands that prove what Kiln promises run from end to end, and their exit codes say what they found. What they
/// measure here says nothing: the stretches are short and the machine is not theirs.
@Timeout(600)
class ProofIT {
    @TempDir private Path folder = Path.of("");

    @Test
    void theDrillBreaksAMinerAndSaysWhichPromisesItKept() throws Exception {
        Said said = run("drill", "--only", "roster,lane,disk,heap", "--json");

        assertThat(said.code()).as(said.all()).isZero();
        JsonNode told = said.json();
        assertThat(told.get("kept").booleanValue()).isTrue();
        List<String> names = new ArrayList<>();
        for (JsonNode fault : told.get("faults")) {
            names.add(fault.get("name").textValue());
            assertThat(fault.get("verdict").textValue()).isEqualTo("kept");
            assertThat(fault.get("promise").textValue()).isNotEmpty();
            assertThat(fault.get("deed").textValue()).isNotEmpty();
            assertThat(fault.get("seen").textValue()).isNotEmpty();
            assertThat(fault.get("seconds").doubleValue()).isPositive();
        }
        assertThat(names).containsExactly("lane", "disk", "heap", "roster");
        assertThat(told.get("left_out").propertyStream().toList()).isNotEmpty();
    }

    /// Pins itself to a core, so it runs in a process of its own; every miner it starts takes seconds to rehearse, so
    /// the parts take turns within the time a process gets.
    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            textBlock =
                    """
                    costless,slices ; C4 C5 C14 whole
                    batching,crowd,floods ; C6 C7 C8 C9 C16 one flood refusing
                    threads,shares  ; C1 C15
                    """)
    void pressureIsMeasuredFromEndToEnd(String parts, String expected) throws Exception {
        Said said =
                run(
                        "bench",
                        "pressure",
                        "--parts=" + parts,
                        "--seconds=1",
                        "--warm-up=1",
                        "--callers=8",
                        "--rounds=1",
                        "--json");

        assertThat(said.code()).as(said.all()).isIn(0, 1);
        JsonNode told = said.json();
        assertThat(told.get("kept").booleanValue()).isEqualTo(said.code() == 0);
        List<String> figures = new ArrayList<>();
        for (JsonNode figure : told.get("figures")) {
            figures.add(figure.get("name").textValue());
            assertThat(figure.propertyStream().map(e -> e.getKey()).toList())
                    .contains("floor", "measured", "verdict");
        }
        for (String name : expected.split(" ", -1)) {
            assertThat(figures).anyMatch(figure -> figure.startsWith(name));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "drill --only=earthquake",
                "bench soak --minutes=0.1",
                "bench soak --share=1.5",
                "bench pressure --seconds=0",
                "bench pressure --rounds=0",
                "bench rivals --systems=raw,nobody",
                "bench rivals --models=gpt",
                "bench rivals --rounds=0",
                "bench rivals --out=/nowhere/at/all",
            })
    void whatCannotRunEndsWithTwoAndSaysWhy(String words) throws Exception {
        Said said = run(words.split(" ", -1));

        assertThat(said.code()).as(said.all()).isEqualTo(2);
        assertThat(said.err()).contains("kiln " + words.substring(0, words.indexOf(" --")));
    }

    /// What a command said in a process of its own.
    private record Said(int code, String out, String err) {
        String all() {
            return out + err;
        }

        JsonNode json() throws IOException {
            return new JsonMapper().readTree(out);
        }
    }

    private Said run(String... words) throws IOException, InterruptedException {
        Path out = folder.resolve("out");
        Path err = folder.resolve("err");
        List<String> command =
                new ArrayList<>(
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "--enable-native-access=ALL-UNNAMED",
                                "--sun-misc-unsafe-memory-access=allow",
                                "-Xmx512m",
                                "-Dkiln.launcher=" + Launcher.written(folder),
                                "-Dkiln.root=" + Path.of("..").toAbsolutePath().normalize(),
                                "-Dkiln.server.classpath=" + System.getProperty("java.class.path"),
                                "-cp",
                                System.getProperty("java.class.path"),
                                "dev.kiln.loadtest.Main"));
        command.addAll(List.of(words));
        Process process =
                new ProcessBuilder(command)
                        .redirectOutput(out.toFile())
                        .redirectError(err.toFile())
                        .start();
        try {
            boolean over = process.waitFor(300, TimeUnit.SECONDS);
            assertThat(over).as("it was over in time; it said %s", Files.readString(err)).isTrue();
            return new Said(process.exitValue(), Files.readString(out), Files.readString(err));
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }
}
