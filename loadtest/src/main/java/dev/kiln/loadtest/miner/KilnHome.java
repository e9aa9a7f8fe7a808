package dev.kiln.loadtest.miner;

import java.nio.file.Path;
import java.util.Optional;

/// Where Kiln keeps what belongs to the user: `KILN_HOME`, else `.kiln` in the home folder.
public final class KilnHome {
    private KilnHome() {}

    public static Path folder() {
        return Optional.ofNullable(System.getenv("KILN_HOME"))
                .filter(home -> !home.isBlank())
                .map(Path::of)
                .orElseGet(() -> Path.of(System.getProperty("user.home"), ".kiln"));
    }

    /// What can be made again; shared by all miners of this user.
    public static Path cache() {
        return folder().resolve("cache");
    }

    /// The development caller's keyfile, made by `kiln serve` without a configuration.
    public static Path validatorKey() {
        return folder().resolve("dev").resolve("validator");
    }

    /// The public half of the development miner's hotkey.
    public static Path minerPublicKey() {
        return folder().resolve("dev").resolve("hotkeypub.txt");
    }
}
