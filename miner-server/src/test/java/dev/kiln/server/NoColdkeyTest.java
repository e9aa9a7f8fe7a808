package dev.kiln.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kiln.bittensor.keys.Wallets;
import dev.kiln.server.config.ConfigException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NoColdkeyTest {
    @TempDir private Path folder = Path.of("");

    @Test
    void nothingIsServedBesideAColdkeyAndTheMessageSaysHowToMoveIt() throws Exception {
        Path coldkey = folder.resolve("wallets/kiln/coldkey");
        Files.createDirectories(coldkey.getParent());
        Files.writeString(coldkey, "$NACL whatever it holds");

        assertThatThrownBy(() -> require(Optional.empty()))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("wallets: 1 problem")
                .hasMessageContaining(coldkey + ": a coldkey secret lies where")
                .hasMessageContaining("shred -u '" + coldkey + "'");
    }

    @Test
    void theHotkeysOwnWalletIsSearchedWhereverItLies() throws Exception {
        Path hotkeys = Files.createDirectories(folder.resolve("elsewhere/hotkeys"));
        Path hotkey = Files.writeString(hotkeys.resolve("default"), "{}");
        assertThatCode(() -> require(Optional.of(hotkey))).doesNotThrowAnyException();

        Files.writeString(folder.resolve("elsewhere/coldkey"), "{}");

        assertThatThrownBy(() -> require(Optional.of(hotkey))).isInstanceOf(ConfigException.class);
        assertThatCode(() -> require(Optional.empty())).doesNotThrowAnyException();
    }

    @Test
    void aFolderThatCannotBeSearchedIsNotTakenForAnEmptyOne() throws Exception {
        Files.writeString(folder.resolve("wallets"), "a file where the folder should be");

        assertThatThrownBy(() -> require(Optional.empty()))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("cannot be searched for coldkeys");
        assertThat(folder.resolve("wallets")).exists();
    }

    private void require(Optional<Path> hotkey) throws ConfigException {
        NoColdkey.require(new Wallets(folder.resolve("wallets")), hotkey);
    }
}
