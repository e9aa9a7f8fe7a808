package dev.kiln.server.cli;

import dev.kiln.bittensor.keys.Keyfile;
import dev.kiln.bittensor.keys.Passwords;
import dev.kiln.bittensor.keys.Wallets;
import dev.kiln.server.config.Home;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What a command finds around it.
///
/// @param in standard input
record Surroundings(Terminal terminal, Home home, Map<String, String> environment, InputStream in) {
    /// The largest message or phrase that is read, bytes.
    private static final int MOST = 16 << 20;

    Surroundings {
        environment = Map.copyOf(environment);
    }

    Wallets wallets() {
        return Wallets.of(environment);
    }

    /// Where passwords come from.
    ///
    /// @param file a password file named on the command line
    /// @param err told if others can read the file that the password would be read from
    Passwords passwords(@Nullable Path file, PrintWriter err) throws IOException {
        var passwords =
                new Passwords(
                        Optional.ofNullable(file),
                        environment,
                        question ->
                                terminal.isPerson()
                                        ? Optional.of(terminal.askUnseen(question))
                                        : Optional.empty());
        Optional<Path> read = passwords.file().filter(Files::exists);
        if (read.isPresent() && Keyfile.isReadableByOthers(read.get())) {
            err.println("warning: %s can be read by others; chmod 600 it".formatted(read.get()));
        }
        return passwords;
    }

    /// The bytes of a file; of standard input if there is none or it is `-`.
    byte[] read(@Nullable Path file) throws IOException {
        byte[] bytes;
        if (file == null || file.equals(Path.of("-"))) {
            bytes = in.readNBytes(MOST + 1);
        } else {
            try (InputStream content = Files.newInputStream(file)) {
                bytes = content.readNBytes(MOST + 1);
            }
        }
        if (bytes.length > MOST) {
            throw new IOException("larger than 16 MiB");
        }
        return bytes;
    }
}
