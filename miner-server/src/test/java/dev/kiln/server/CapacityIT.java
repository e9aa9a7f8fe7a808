package dev.kiln.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kiln.bittensor.wire.Answer;
import dev.kiln.server.config.ConfigException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A capacity that was measured is told to callers, signed like any answer.
class CapacityIT {
    private static final byte[] NOTHING = {};

    @TempDir private Path folder = Path.of("");

    @Test
    void aCapacityFileIsToldSignedAndToNoStranger() throws Exception {
        String told = "{\"schema\": \"kiln-capacity/1\", \"requests_per_s\": 40.5}\n";
        Path file = Files.writeString(folder.resolve("capacity.json"), told);
        var rig = new Rig(folder.resolve("home"), "capacity.file=" + file);
        try {
            rig.checked("GET", "/v1/capacity", NOTHING);
            Answer answer =
                    RawHttp.ask(
                            rig.port(),
                            "GET",
                            "/v1/capacity",
                            rig.sign("GET", "/v1/capacity", NOTHING).headers(),
                            NOTHING);
            Answer stranger = RawHttp.ask(rig.port(), "GET", "/v1/capacity", List.of(), NOTHING);

            assertThat(new String(answer.body(), StandardCharsets.UTF_8)).isEqualTo(told);
            assertThat(stranger.status()).isEqualTo(401);
        } finally {
            rig.miner().drain();
        }
    }

    @Test
    void whatIsNoCapacityStopsTheStart() throws Exception {
        Path file = Files.writeString(folder.resolve("capacity.json"), "{\"requests_per_s\": 1}");

        assertThatThrownBy(() -> new Rig(folder.resolve("home"), "capacity.file=" + file))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("holds no capacity");
        assertThatThrownBy(
                        () -> new Rig(folder.resolve("home"), "capacity.file=" + folder + "/none"))
                .hasMessageContaining("there is no such file");
    }
}
