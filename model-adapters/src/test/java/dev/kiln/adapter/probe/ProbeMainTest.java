package dev.kiln.adapter.probe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.natives.DeviceProbe;
import dev.kiln.natives.DeviceReport;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/// The real probe in a real child process, judged as `kiln doctor` judges it.
class ProbeMainTest {
    @Test
    void theChildProvesTheProcessor() throws InterruptedException {
        DeviceReport report = probe("auto");

        assertThat(report.problem()).isEmpty();
        assertThat(report.isProved()).isTrue();
        assertThat(report.proved()).isEqualTo("cpu");
        assertThat(report.runtime()).isEqualTo("onnxruntime");
        assertThat(report.version()).isEqualTo("1.29.0");
        assertThat(report.details()).anyMatch(line -> line.startsWith("load_ms="));
        assertThat(report.detail("product_on")).hasValue("cpu");
        assertThat(report.detail("percent")).hasValue("100");
    }

    @Test
    void aDeviceThatThisBuildCannotUseIsReportedInWords() throws InterruptedException {
        DeviceReport report = probe("cuda");

        assertThat(report.isProved()).isFalse();
        assertThat(report.problem().orElseThrow())
                .contains("this build carries ONNX Runtime's CPU natives only");
    }

    @Test
    void wrongArgumentsAreReported() throws InterruptedException {
        var report =
                new DeviceProbe(
                                List.of(
                                        java(),
                                        "-cp",
                                        System.getProperty("java.class.path"),
                                        ProbeMain.class.getName()),
                                Duration.ofSeconds(60))
                        .run("cpu");

        assertThat(report.problem()).hasValue("usage: ProbeMain DEVICE CACHE-FOLDER [SOURCE]");
    }

    private static DeviceReport probe(String device) throws InterruptedException {
        List<String> command =
                List.of(
                        java(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        ProbeMain.class.getName(),
                        device,
                        Path.of("target", "test-cache").toString());
        return new DeviceProbe(command, Duration.ofSeconds(60)).run(device);
    }

    private static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }
}
