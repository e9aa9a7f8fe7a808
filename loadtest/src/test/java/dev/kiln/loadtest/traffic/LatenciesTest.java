package dev.kiln.loadtest.traffic;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LatenciesTest {
    /// Its size is decided when it is made: ten million later it is the same, to the byte.
    @Test
    void tenMillionLatenciesTakeNoMoreMemoryThanOne() {
        var latencies = new Latencies();
        latencies.record(1);
        int before = latencies.copy().getEstimatedFootprintInBytes();
        long state = 1;
        for (int i = 1; i < 10_000_000; i++) {
            state = state * 6364136223846793005L + 1442695040888963407L;
            latencies.record((state >>> 1) % 5_000_000_000_000L);
        }

        assertThat(latencies.count()).isEqualTo(10_000_000);
        assertThat(latencies.copy().getEstimatedFootprintInBytes()).isEqualTo(before);
        assertThat(latencies.maxMillis()).isGreaterThan(3_590_000);
    }
}
