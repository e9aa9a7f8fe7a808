package dev.kiln.server.config;

import dev.kiln.bittensor.keys.KeyFormatException;
import dev.kiln.bittensor.keys.KeyPair;
import dev.kiln.bittensor.keys.Keyfile;
import dev.kiln.core.Scheme;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// Where files are when the configuration names no place: `KILN_HOME`, else `.kiln` in the user's home.
public record Home(Path folder) {
    /// A key of the home folder.
    ///
    /// @param made whether it was made at this very start
    public record Key(Path file, KeyPair pair, boolean made) {}

    /// The home folder that an environment names.
    public static Home of(Map<String, String> environment) {
        String named = environment.get("KILN_HOME");
        return new Home(
                named == null || named.isBlank()
                        ? Path.of(System.getProperty("user.home", "."), ".kiln")
                        : Path.of(named).toAbsolutePath());
    }

    public Path cache() {
        return folder.resolve("cache");
    }

    /// The folder of what must survive a restart.
    ///
    /// @param development whether the hotkey is the development one, whose state is kept apart
    public Path state(boolean development) {
        return development ? folder.resolve("dev/state") : folder.resolve("state");
    }

    public Path developmentHotkey() {
        return folder.resolve("dev/hotkey");
    }

    public Path developmentValidator() {
        return folder.resolve("dev/validator");
    }

    /// Reads a development key, or makes it: mode 0600, what is public of it beside it.
    public Key development(Path file) throws ConfigException {
        try {
            if (Files.exists(file)) {
                return new Key(file, Keyfile.read(file), false);
            }
            KeyPair pair = KeyPair.generate(Scheme.SR25519);
            Keyfile.write(file, pair, false);
            Keyfile.writePublic(file, pair, true);
            return new Key(file, pair, true);
        } catch (KeyFormatException e) {
            throw new ConfigException(file.toString(), List.of(String.valueOf(e.getMessage())));
        } catch (IOException e) {
            throw new ConfigException(
                    file.toString(),
                    List.of(
                            "cannot be read or made: %s; set KILN_HOME to a folder that can be written, or hotkey.file in a configuration"
                                    .formatted(e)));
        }
    }
}
