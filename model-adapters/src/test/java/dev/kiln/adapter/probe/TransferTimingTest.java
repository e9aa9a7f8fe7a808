package dev.kiln.adapter.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.kiln.adapter.catalog.ModelSettings;
import dev.kiln.adapter.catalog.Models;
import dev.kiln.adapter.onnx.Transfers;
import dev.kiln.core.model.Prepared;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Copies on the processor, from its memory to its memory: the same code, another device.
class TransferTimingTest {
    private static final Path CACHE = Path.of("target", "test-cache");

    @Test
    void whatTheHostsWayTakesLongerIsOfTheCopiesWhatWasNotHidden() {
        assertThat(new TransferTiming(10, 100, 101, 5).hidden()).isCloseTo(0.9, within(1e-9));
        assertThat(new TransferTiming(10, 100, 110, 5).hidden()).isCloseTo(0, within(1e-9));
        assertThat(new TransferTiming(10, 100, 99, 5).hidden()).isEqualTo(1);
        assertThat(new TransferTiming(10, 100, 120, 5).hidden()).isCloseTo(-1, within(1e-9));
    }

    @Test
    void theFloorStandsBesideIt() {
        assertThat(new TransferTiming(10, 100, 101, 5).section("transfers", true).toString())
                .isEqualTo(
                        "{\"section\":\"transfers\",\"of\":\"gpu\",\"clock\":\"host\",\"threads\":2,\"copy_us\":10.0000,\"resident_us\":100.000,\"host_us\":101.000,\"resident_spread_us\":5.00000,\"hidden\":0.900000,\"hidden_floor_g8\":0.900000,\"hidden_aim_g8\":0.970000}");
    }

    @Test
    void copiesThatAreNoneOrCannotBeToldFromTheRestHideNothing() {
        assertThat(new TransferTiming(-0.1, 100, 101, 5).section("transfers", true).toString())
                .contains("\"hidden_absent\":\"the copies cannot be told")
                .doesNotContain("\"hidden\":");
        assertThat(new TransferTiming(10, 100, 101, 5).section("transfers", false).toString())
                .contains("\"of\":\"processor\"", "\"hidden_absent\":\"the processor has")
                .doesNotContain("\"hidden\":");
    }

    @Test
    void anEmbeddersBatchIsTimedBothWays() throws Exception {
        var settings = new ModelSettings("check", ModelSettings.EMBEDDED_MINILM, 128, "cpu", 2);
        try (var model = Models.openHere(settings, CACHE)) {
            List<Prepared> batch = GpuCheckMain.batch(model, 4);
            try (Transfers transfers = Transfers.of(model, batch).orElseThrow()) {
                var timing = TransferTiming.measure(transfers, 0.2);

                assertThat(timing.residentMicros()).isBetween(100.0, 10e6);
                assertThat(timing.hostMicros()).isBetween(100.0, 10e6);
                assertThat(timing.copyMicros()).isFinite();
                assertThat(transfers.pooled()).isFalse();
            }
            assertThat(model.run(batch)).hasSize(4);
        }
    }
}
