package dev.kiln.server;

import dev.kiln.core.Time;
import dev.kiln.server.config.Config;
import dev.kiln.server.config.ConfigException;
import dev.kiln.server.shared.RedisNonces;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// Opens what several boxes share, where the configuration names it.
final class SharedStore {
    private SharedStore() {}

    /// The store, tried once: a server starts without it and is not ready until it answers.
    static Optional<RedisNonces> of(Config.Auth auth, Time time) throws ConfigException {
        if (auth.shared().isEmpty()) {
            return Optional.empty();
        }
        Config.Shared shared = auth.shared().get();
        int colon = shared.redis().lastIndexOf(':');
        var at =
                InetSocketAddress.createUnresolved(
                        shared.redis().substring(0, colon),
                        Integer.parseInt(shared.redis().substring(colon + 1)));
        var settings =
                new RedisNonces.Settings(
                        at,
                        shared.password().isPresent()
                                ? Optional.of(password(shared.password().get()))
                                : Optional.empty(),
                        shared.timeout(),
                        auth.longestAge(),
                        auth.skew());
        var store = new RedisNonces(settings, time);
        store.look();
        return Optional.of(store);
    }

    private static String password(Path file) throws ConfigException {
        try {
            return Files.readString(file).strip();
        } catch (IOException e) {
            throw new ConfigException(
                    "auth.shared.password-file",
                    List.of("%s cannot be read: %s".formatted(file, e)));
        }
    }
}
