package dev.kiln.loadtest.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.loadtest.report.LoadJson;
import dev.kiln.loadtest.report.SampleRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LoadCompareCommandTest {
    @TempDir private Path folder = Path.of("");

    @BeforeEach
    void write() throws IOException {
        Files.writeString(folder.resolve("a.json"), LoadJson.write(SampleRun.of(1, 1)));
        Files.writeString(folder.resolve("slow.json"), LoadJson.write(SampleRun.of(2, 1.5)));
        Files.writeString(
                folder.resolve("other.json"),
                LoadJson.write(SampleRun.of(1, 1)).replace("\"poisson\"", "\"bursts\""));
        Files.writeString(folder.resolve("broken.json"), "{");
    }

    private int load(String command, String... words) {
        String[] all = new String[words.length + 2];
        all[0] = "load";
        all[1] = command;
        for (int i = 0; i < words.length; i++) {
            all[i + 2] = words[i].startsWith("-") ? words[i] : folder.resolve(words[i]).toString();
        }
        return Commands.run(all);
    }

    @Test
    void theExitCodeSaysWhetherItGotWorse() {
        assertThat(load("compare", "a.json", "a.json")).isZero();
        assertThat(load("compare", "a.json", "slow.json")).isEqualTo(1);
        assertThat(load("compare", "slow.json", "a.json", "--json")).isZero();
    }

    @Test
    void whatCannotBeComparedIsRefusedUnlessForced() {
        assertThat(load("compare", "a.json", "other.json")).isEqualTo(2);
        assertThat(load("compare", "a.json", "other.json", "--force")).isZero();
        assertThat(load("compare", "a.json", "none.json")).isEqualTo(2);
        assertThat(load("compare", "a.json", "broken.json")).isEqualTo(2);
        assertThat(load("compare", "a.json", "a.json", "--least=-1")).isEqualTo(2);
    }

    @Test
    void aReportIsWrittenBesideItsRun() throws IOException {
        assertThat(load("report", "a.json")).isZero();
        assertThat(load("report", "slow.json", "--against", "a.json", "-o", "both.html")).isZero();

        assertThat(folder.resolve("a.html")).content().startsWith("<!doctype html>");
        assertThat(Files.readString(folder.resolve("both.html"))).contains("✕ Worse.");
    }

    @Test
    void aReportThatCannotBeMadeSaysSo() {
        assertThat(load("report", "broken.json")).isEqualTo(2);
        assertThat(load("report", "a.json", "-o", "none/report.html")).isEqualTo(2);
        assertThat(load("report", "other.json", "--against", "a.json")).isEqualTo(2);
        assertThat(folder.resolve("other.html")).doesNotExist();
    }
}
