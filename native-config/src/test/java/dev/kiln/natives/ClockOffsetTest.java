package dev.kiln.natives;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ClockOffsetTest {
    @Test
    void whatChronySaysIsRead() {
        var offset =
                ClockOffset.chrony(
                        "Stratum         : 3\nSystem time     : 0.250000000 seconds slow of NTP time\n");

        assertThat(offset.orElseThrow().offset()).hasMillis(-250);
        assertThat(offset.orElseThrow().source()).isEqualTo("chrony");
        assertThat(ClockOffset.chrony("506 Cannot talk to daemon")).isEmpty();
    }

    @Test
    void whatTimesyncdAndNtpdSayIsReadWithTheSameSign() {
        assertThat(
                        ClockOffset.timesync("  Server: x\n  Offset: -1.5ms\n")
                                .orElseThrow()
                                .offset()
                                .toNanos())
                .isEqualTo(1_500_000);
        assertThat(ClockOffset.timesync("  Offset: +73us\n").orElseThrow().offset().toNanos())
                .isEqualTo(-73_000);
        assertThat(ClockOffset.ntpq("offset=-12.5\n").orElseThrow().offset().toNanos())
                .isEqualTo(12_500_000);
        assertThat(ClockOffset.timesync("")).isEmpty();
    }

    @Test
    void thisMachineAnswersOrHasNoService() throws InterruptedException {
        assertThat(ClockOffset.known().map(ClockOffset::source).orElse("none"))
                .isIn("chrony", "timesyncd", "ntpd", "none");
    }
}
