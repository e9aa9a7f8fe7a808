package dev.kiln.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.server.config.Home;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class RosterIT {
    private static final String BODY = "{\"input\":\"a\"}";

    @TempDir private Path home = Path.of("");

    @Test
    void aCallerIsWelcomeOnceTheChangedRosterWasRead() throws Exception {
        Path roster = Files.writeString(home.resolve("roster.yaml"), "[]\n");
        String validator =
                new Home(home)
                        .development(new Home(home).developmentValidator())
                        .pair()
                        .hotkey()
                        .ss58();
        Rig rig = new Rig(home, "roster.file=" + roster);
        try {
            assertThat(Rig.code(rig.call(BODY))).isEqualTo("AUTH_UNKNOWN_CALLER");

            Files.writeString(roster, "- {hotkey: %s, stake: 1}%n".formatted(validator));
            long began = System.nanoTime();
            while (rig.call(BODY).status() == 403) {
                assertThat(System.nanoTime() - began).isLessThan(30_000_000_000L);
            }

            assertThat(rig.call(BODY).status()).isEqualTo(200);
        } finally {
            rig.stop();
        }
    }
}
