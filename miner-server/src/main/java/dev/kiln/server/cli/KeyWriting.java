package dev.kiln.server.cli;

import dev.kiln.bittensor.keys.KeyFormatException;
import dev.kiln.bittensor.keys.KeyPair;
import dev.kiln.bittensor.keys.Keyfile;
import dev.kiln.bittensor.keys.Password;
import dev.kiln.core.Scheme;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// How a key is written; the same for every command that writes one.
final class KeyWriting {
    static final String NO_SCHEME = "--scheme must be sr25519 or ed25519";

    @Option(
            names = "--scheme",
            paramLabel = "NAME",
            description = "sr25519 (default) or ed25519.",
            defaultValue = "sr25519")
    private String scheme = "sr25519";

    @Option(names = "--force", description = "Replaces a file of that name. The old key is lost.")
    private boolean force;

    @Option(
            names = "--encrypt",
            description =
                    "Encrypts the hotkey too. kiln serve then needs the password at every start.")
    private boolean encrypt;

    @Option(
            names = "--password-file",
            paramLabel = "FILE",
            description =
                    "Holds the password in its one line; else BT_WALLET_PASSWORD and its kin, else it is asked.")
    private @Nullable Path passwordFile;

    Optional<Scheme> scheme() {
        return Scheme.ofWireName(scheme);
    }

    /// Refuses a name that is taken, before anybody is asked for anything.
    void requireFree(Path file) throws FileAlreadyExistsException {
        if (!force && Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            throw new FileAlreadyExistsException(file.toString());
        }
    }

    /// The password of a new file.
    Password password(Path file, Surroundings around, PrintWriter err)
            throws KeyFormatException, IOException {
        return around.passwords(passwordFile, err).chosen(file);
    }

    /// Writes a hotkey and the public file beside it.
    void writeHotkey(Path file, KeyPair pair, Surroundings around, PrintWriter err)
            throws KeyFormatException, IOException {
        if (encrypt) {
            writeEncrypted(file, pair, password(file, around, err));
            return;
        }
        Keyfile.write(file, pair, force);
        Keyfile.writePublic(file, pair, true);
    }

    void writeEncrypted(Path file, KeyPair pair, Password password)
            throws KeyFormatException, IOException {
        Keyfile.writeEncrypted(file, pair, password, force);
        Keyfile.writePublic(file, pair, true);
    }

    /// What anybody may know of a key that was written.
    static Map<String, Object> facts(Path file, KeyPair pair) {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("file", file.toString());
        facts.put("ss58", pair.hotkey().ss58());
        facts.put("scheme", pair.scheme().wireName());
        return facts;
    }
}
