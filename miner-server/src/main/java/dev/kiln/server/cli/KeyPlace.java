package dev.kiln.server.cli;

import dev.kiln.bittensor.keys.KeyFormatException;
import dev.kiln.bittensor.keys.Wallets;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Which hotkey a command is about: a file, or a name in a wallet.
final class KeyPlace {
    static final String WRONG = "name one place: a FILE, or --wallet NAME with --hotkey NAME";

    @Parameters(arity = "0..1", paramLabel = "FILE", description = "A Bittensor keyfile.")
    private @Nullable Path file;

    @Option(
            names = "--wallet",
            paramLabel = "NAME",
            description =
                    "A wallet in BT_WALLET_PATH, else in ~/.bittensor/wallets, instead of FILE.")
    private @Nullable String wallet;

    @Option(
            names = "--hotkey",
            paramLabel = "NAME",
            description = "The hotkey's name in that wallet, by default \"default\".",
            defaultValue = "default")
    private String hotkey = "default";

    /// Does something with a keyfile.
    @FunctionalInterface
    interface Use {
        int of(Path keyfile) throws KeyFormatException, IOException;
    }

    /// Does it with the one place that was named; where none or two were, says so.
    int use(Surroundings around, PrintWriter err, Use use) {
        return Attempt.of(
                err,
                () -> {
                    Optional<Path> keyfile = path(around.wallets());
                    if (keyfile.isEmpty()) {
                        err.println(WRONG);
                        return Exit.USAGE;
                    }
                    return use.of(keyfile.get());
                });
    }

    Optional<String> wallet() {
        return Optional.ofNullable(wallet);
    }

    /// Whether nothing was named.
    boolean isNowhere() {
        return file == null && wallet == null;
    }

    /// The keyfile; empty unless exactly one place was named.
    ///
    /// @throws KeyFormatException if a name cannot be one
    Optional<Path> path(Wallets wallets) throws KeyFormatException {
        if (file == null && wallet != null) {
            return Optional.of(wallets.hotkey(wallet, hotkey));
        }
        return wallet == null ? Optional.ofNullable(file) : Optional.empty();
    }
}
