package dev.kiln.natives;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What the judge makes of good, bad and lying children. The children are shell one-liners.
class DeviceProbeTest {
    private static final Duration LONG = Duration.ofSeconds(30);

    @Test
    void aGoldenSampleOnTheActiveDeviceProvesIt() throws InterruptedException {
        var report =
                probe(
                                "echo runtime=onnxruntime; echo version=1.2; echo active=cpu; echo proved=cpu")
                        .run("auto");

        assertThat(report.isProved()).isTrue();
        assertThat(report)
                .extracting(
                        DeviceReport::requested,
                        DeviceReport::active,
                        DeviceReport::proved,
                        DeviceReport::runtime,
                        DeviceReport::version)
                .containsExactly("auto", "cpu", "cpu", "onnxruntime", "1.2");
        assertThat(report.problem()).isEmpty();
        assertThat(report.details()).contains("version=1.2");
    }

    @Test
    void aCrashIsReportedWithItsSignalAndNothingIsProved() throws InterruptedException {
        var report =
                probe("echo runtime=x; echo active=cpu; echo proved=cpu; kill -SEGV $$").run("cpu");

        assertThat(report.isProved()).isFalse();
        assertThat(report.proved()).isEqualTo("none");
        assertThat(report.runtime()).isEqualTo("x");
        assertThat(report.problem()).hasValue("the probe crashed with signal 11 (exit code 139)");
    }

    @Test
    void aChildThatHangsIsKilled() throws InterruptedException {
        var report =
                new DeviceProbe(
                                List.of("sh", "-c", "echo runtime=x; sleep 600"),
                                Duration.ofMillis(300))
                        .run("cpu");

        assertThat(report.problem()).hasValue("the probe did not end within 300 ms and was killed");
        assertThat(report.runtime()).isEqualTo("x");
    }

    @Test
    void garbageIsShownWithoutControlCharacters() throws InterruptedException {
        var report = probe("printf 'what\\033[2J is this\\n'; echo oops >&2").run("cpu");

        assertThat(report.problem()).hasValue("the probe printed no key=value line");
        assertThat(report.details()).containsExactly("what?[2J is this", "oops");
    }

    @Test
    void endlessOutputIsBounded() throws InterruptedException {
        var report = probe("head -c 10000000 /dev/zero; yes junk | head -c 1000000").run("cpu");

        assertThat(report.isProved()).isFalse();
        assertThat(report.details())
                .hasSizeLessThanOrEqualTo(40)
                .allMatch(line -> line.length() <= 400);
    }

    @Test
    void silenceProvesNothing() throws InterruptedException {
        assertThat(probe("true").run("cpu").problem())
                .hasValue("the probe printed no key=value line");
    }

    @Test
    void aFallbackToAnotherDeviceIsNamed() throws InterruptedException {
        var report = probe("echo active=cpu; echo proved=cpu").run("cuda");

        assertThat(report.problem()).hasValue("cuda was asked for but cpu is active");
        assertThat(report.isProved()).isFalse();
    }

    @Test
    void provingAnotherDeviceThanTheActiveOneIsALie() throws InterruptedException {
        var report = probe("echo active=cuda; echo proved=cpu").run("cuda");

        assertThat(report.problem()).hasValue("the probe proved cpu but reports cuda as active");
    }

    @Test
    void anErrorInTheChildsOwnWordsComesFirst() throws InterruptedException {
        var report = probe("echo error=no such library; exit 1").run("cpu");

        assertThat(report.problem()).hasValue("no such library");
        assertThat(report.details()).contains("the probe ended with exit code 1");
    }

    @Test
    void aProgramThatIsNotThereIsReported() throws InterruptedException {
        var report = new DeviceProbe(List.of("no-such-program-here"), LONG).run("cpu");

        assertThat(report.problem().orElseThrow()).startsWith("the probe could not be started: ");
    }

    @Test
    void anEmptyCommandAndATimeoutOfZeroAreRefused() {
        assertThatThrownBy(() -> new DeviceProbe(List.of(), LONG))
                .hasMessage("command must name a program, was empty");
        assertThatThrownBy(() -> new DeviceProbe(List.of("x"), Duration.ZERO))
                .hasMessage("timeout must be positive, was PT0S");
    }

    private static DeviceProbe probe(String script) {
        return new DeviceProbe(List.of("sh", "-c", script), LONG);
    }
}
