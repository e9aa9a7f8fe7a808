package dev.kiln.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.bittensor.keys.KeyPair;
import dev.kiln.bittensor.keys.Keyfile;
import dev.kiln.bittensor.keys.Passwords;
import dev.kiln.core.Hotkey;
import dev.kiln.core.Scheme;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WatchedHotkeyTest {
    @TempDir private Path folder = Path.of("");

    private final List<Hotkey> asked = new ArrayList<>();
    private boolean tooEarly;

    private WatchedHotkey watched(Path file, KeyPair first) throws Exception {
        Keyfile.write(file, first, false);
        return new WatchedHotkey(
                file,
                new Passwords(Optional.empty(), Map.of(), Passwords.Prompt.NOBODY),
                first.hotkey(),
                next -> {
                    asked.add(next.hotkey());
                    return !tooEarly;
                });
    }

    @Test
    void anotherKeyInTheFileIsPutInForceOnceItIsNotTooEarly() throws Exception {
        Path file = folder.resolve("hotkey");
        WatchedHotkey watched = watched(file, KeyPair.generate(Scheme.SR25519));
        watched.look();
        assertThat(asked).isEmpty();

        KeyPair next = KeyPair.generate(Scheme.ED25519);
        Keyfile.write(file, next, true);
        tooEarly = true;
        watched.look();
        tooEarly = false;
        watched.look();
        watched.look();

        assertThat(asked).containsExactly(next.hotkey(), next.hotkey());
    }

    @Test
    void theSameKeyADamagedFileOrNoneChangesNothing() throws Exception {
        Path file = folder.resolve("hotkey");
        KeyPair key = KeyPair.generate(Scheme.SR25519);
        WatchedHotkey watched = watched(file, key);

        Keyfile.write(file, key, true);
        watched.look();
        Files.writeString(file, "{");
        watched.look();
        Files.writeString(file, "$NACL" + "x".repeat(60));
        watched.look();
        Files.delete(file);
        watched.look();

        assertThat(asked).isEmpty();
    }
}
