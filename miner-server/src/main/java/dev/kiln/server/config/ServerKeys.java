package dev.kiln.server.config;

import dev.kiln.server.config.Config.Admin;
import dev.kiln.server.config.Config.Server;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;

/// Reads where a server listens: for callers, and for its operator.
final class ServerKeys {
    private static final Pattern ADDRESS = Pattern.compile("(.+):([0-9]{1,5})");

    private ServerKeys() {}

    static Server read(Section root) {
        Listening listening = root.section("server", ServerKeys::listening);
        return new Server(
                listening.host(),
                listening.port(),
                listening.publicAddress(),
                root.section("admin", ServerKeys::admin));
    }

    private record Listening(String host, int port, Optional<String> publicAddress) {}

    private static Admin admin(Section keys) {
        return new Admin(
                keys.flag("enabled", true),
                keys.text("host", "127.0.0.1"),
                keys.whole("port", 0, 0, 65_535),
                keys.path("token-file"));
    }

    /// The store that several boxes share.
    static Optional<Config.Shared> shared(Section keys) {
        Optional<String> redis = keys.optional("redis");
        Optional<Path> password = keys.path("password-file");
        Duration timeout = keys.span("timeout", Duration.ofMillis(250));
        if (redis.isPresent() && !ADDRESS.matcher(redis.get()).matches()) {
            keys.problem("redis", "must be host:port");
            return Optional.empty();
        }
        if (password.isPresent() && redis.isEmpty()) {
            keys.problem("password-file", "needs auth.shared.redis");
        }
        return redis.map(at -> new Config.Shared(at, password, timeout));
    }

    private static Listening listening(Section keys) {
        String host = keys.text("host", "127.0.0.1");
        int port = keys.whole("port", 8091, 0, 65_535);
        Optional<String> publicAddress = keys.optional("public");
        publicAddress.ifPresent(address -> {
            var matcher = ADDRESS.matcher(address);
            if (!matcher.matches()) {
                keys.problem("public", "must be host:port");
            } else if (Integer.parseInt(matcher.group(2)) > 65_535) {
                keys.problem("public", "its port must be at most 65535");
            }
        });
        return new Listening(host, port, publicAddress);
    }
}
