package dev.kiln.adapter.probe;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/// The GPU check on the processor: the same code, another device.
class GpuCheckMainTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    private int run(String... args) throws Exception {
        return GpuCheckMain.run(args, new PrintStream(out, true, StandardCharsets.UTF_8));
    }

    private String text() {
        return out.toString(StandardCharsets.UTF_8);
    }

    @Test
    void everySectionIsThereAndHolds() throws Exception {
        String model = Path.of("..", "models", "shapes-small").toString();

        assertThat(run("cpu", "target/test-cache", "0.2", model)).isZero();

        assertThat(text())
                .contains("{\"section\":\"product\",\"on\":\"cpu\"")
                .contains("\"active\":\"cpu\",\"proved\":\"cpu\",\"nodes_percent\":100")
                .contains("\"against_cpu\":0.00000,\"tolerance\":0.00200000,\"holds\":\"yes\"")
                .containsPattern("engine, one thread\",\"items_per_s\":[1-9]")
                .contains("engine, two threads", "over_one_thread")
                .containsPattern(
                        "lane, one thread.*\"clock\":\"host\",\"busy_seen_from_host\":[01]\\.")
                .containsPattern(
                        "lane, two threads.*\"gap_us_p99\".*\"items_per_batch\":32.*over_engine")
                .contains("\"section\":\"cycles\",\"loads\":20,\"of\":\"process\"")
                .contains("\"section\":\"transfers\",\"absent\":\"only embedders");
        assertThat(text().lines()).allMatch(line -> line.startsWith("{\"section\":"));
    }

    @Test
    void aDeviceThatIsNotToBeHadFailsInWords() throws Exception {
        assertThat(run("cuda:0", "target/test-cache", "0.1", "embedded:minilm")).isEqualTo(1);

        assertThat(text())
                .contains(
                        "{\"section\":\"failed\",\"why\":\"this build carries ONNX Runtime's CPU natives only");
    }

    @Test
    void wrongArgumentsAreExitCodeTwo() throws Exception {
        assertThat(run("tpu", "x", "1", "y")).isEqualTo(2);
        assertThat(run()).isEqualTo(2);
    }
}
