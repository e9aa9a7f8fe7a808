package dev.kiln.loadtest.miner;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.bittensor.keys.KeyPair;
import dev.kiln.bittensor.keys.Keyfile;
import dev.kiln.core.Scheme;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class MinerFolderTest {
    @Test
    void holdsWhatAMinerNeedsAndLeavesNothingBehind() throws Exception {
        KeyPair hotkey = KeyPair.generate(Scheme.SR25519);
        KeyPair caller = KeyPair.generate(Scheme.ED25519);
        var members = List.of(new MinerFolder.Member(caller, 60_000, "full"));
        Path config;
        try (MinerFolder folder =
                MinerFolder.write(
                        new MinerFolder.Recipe(
                                hotkey,
                                members,
                                Path.of("/a cache"),
                                "limits:\n  calls: 9\n",
                                List.of()))) {
            config = folder.config();

            assertThat(Keyfile.read(folder.resolve("hotkey")).hotkey()).isEqualTo(hotkey.hotkey());
            assertThat(Files.readString(config))
                    .contains("folder: '/a cache'", "calls: 9")
                    .doesNotContain("api-keys");
            assertThat(Files.readString(folder.resolve("roster.yaml")))
                    .isEqualTo(
                            """
                            - hotkey: %s
                              scheme: ed25519
                              stake: 60000
                              permit: true
                              sees: full
                            """
                                    .formatted(caller.hotkey().ss58()));
        }

        assertThat(config.getParent()).doesNotExist();
    }
}
