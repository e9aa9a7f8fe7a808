package dev.kiln.server.config;

import dev.kiln.bittensor.keys.KeyFormatException;
import dev.kiln.bittensor.keys.KeyPair;
import dev.kiln.bittensor.keys.Keyfile;
import dev.kiln.bittensor.keys.Passwords;
import dev.kiln.core.Hotkey;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/// The hotkey of a keyfile that is read again when it changes. A file that cannot be read leaves the old key in force,
/// and says so once in the log.
///
/// **Threads:** [#look] on one thread at a time, which may block for the seconds that opening an encrypted file takes.
public final class WatchedHotkey {
    private static final System.Logger LOG = System.getLogger(WatchedHotkey.class.getName());

    /// Puts another key in force.
    public interface Rotation {
        /// Serves with the key from now on, or says that it is too early.
        ///
        /// @return whether it was done; if not, it is asked again later
        boolean rotate(KeyPair next);
    }

    private final Path file;
    private final Passwords passwords;
    private final Rotation rotation;

    // All below are written by the looking thread alone.
    private FileStamp seen;
    private Hotkey current;
    private Optional<KeyPair> waiting = Optional.empty();

    /// @param passwords for an encrypted file; a person is not asked
    /// @param current the hotkey that the file held at the start
    public WatchedHotkey(Path file, Passwords passwords, Hotkey current, Rotation rotation) {
        this.file = file;
        this.passwords = passwords;
        this.rotation = rotation;
        this.current = current;
        this.seen = FileStamp.of(file);
    }

    /// Reads the file again if it has changed.
    public void look() {
        FileStamp now = FileStamp.of(file);
        if (!now.equals(seen)) {
            seen = now;
            waiting = read();
        }
        if (waiting.isPresent() && rotation.rotate(waiting.get())) {
            current = waiting.get().hotkey();
            waiting = Optional.empty();
            LOG.log(
                    System.Logger.Level.INFO,
                    "hotkey: %s from %s; the old one is answered for its grace"
                            .formatted(current, file));
        }
    }

    private Optional<KeyPair> read() {
        try {
            return Optional.of(Keyfile.read(file, passwords))
                    .filter(key -> !key.hotkey().equals(current));
        } catch (KeyFormatException | IOException e) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "hotkey: the old one stays in force; %s".formatted(e.getMessage()));
            return Optional.empty();
        }
    }
}
