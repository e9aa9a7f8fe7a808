package dev.kiln.loadtest.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.kiln.loadtest.report.LoadJson;
import dev.kiln.loadtest.report.SampleRun;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WhyCommandTest {
    @TempDir private Path folder = Path.of("");

    @Test
    void aReportIsTakenApart() throws Exception {
        Path file =
                Files.writeString(folder.resolve("run.json"), LoadJson.write(SampleRun.of(1, 1)));

        var text = AttackCommandIT.run("why", file.toString());
        var json = AttackCommandIT.run("why", file.toString(), "--json");

        assertThat(text.code()).isEqualTo(1);
        assertThat(text.out())
                .contains("factor", "first gate that fails: everything came back", "v1", "+0.0");
        assertThat(new ObjectMapper().readTree(json.out()).path("score").asDouble())
                .isEqualTo(0.94);
    }

    @Test
    void whatCannotBeReadEndsWithTwo() {
        assertThat(AttackCommandIT.run("why").code()).isEqualTo(2);
        assertThat(AttackCommandIT.run("why", folder + "/none.json").err()).hasLineCount(1);
        assertThat(AttackCommandIT.run("why", folder + "/none.json").code()).isEqualTo(2);
        assertThat(AttackCommandIT.run("why", "a.json", "--against", "http://127.0.0.1:1").code())
                .isEqualTo(2);
    }
}
