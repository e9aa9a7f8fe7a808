package dev.kiln.server;

import dev.kiln.bittensor.keys.KeyFormatException;
import dev.kiln.bittensor.keys.KeyPair;
import dev.kiln.bittensor.keys.Keyfile;
import dev.kiln.bittensor.keys.Passwords;
import dev.kiln.bittensor.wire.ApiKeys;
import dev.kiln.core.Hotkey;
import dev.kiln.core.Roster;
import dev.kiln.server.config.Config;
import dev.kiln.server.config.ConfigException;
import dev.kiln.server.config.Home;
import dev.kiln.server.config.WatchedRoster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Who the miner is and whom it knows, from files or as development makes it.
///
/// @param fresh whether the hotkey was made at this very start
/// @param watched the roster's file, where there is one
/// @param validator the development caller's keyfile, where there is one
record Who(
        KeyPair miner,
        boolean fresh,
        Roster.Source roster,
        Optional<WatchedRoster> watched,
        ApiKeys apiKeys,
        Optional<Path> validator) {
    private static final System.Logger LOG = System.getLogger(Who.class.getName());
    private static final double DEVELOPMENT_STAKE = 1_000_000;

    /// Reads keys, roster and API keys, or makes the development ones.
    static Who read(Config config, Home home) throws ConfigException {
        Config.Identity identity = config.identity();
        Home.Key own =
                identity.hotkey().isPresent()
                        ? configured(
                                identity.hotkey().get(),
                                passwords(identity, Passwords.Prompt.TERMINAL))
                        : home.development(home.developmentHotkey());
        ApiKeys apiKeys = apiKeys(identity);
        if (identity.roster().isPresent()) {
            WatchedRoster watched =
                    WatchedRoster.open(identity.roster().get(), identity.rosterMaxAge());
            if (watched.newest().members().isEmpty()) {
                LOG.log(
                        System.Logger.Level.WARNING,
                        "roster: %s is empty; every signed request will be refused"
                                .formatted(identity.roster().get()));
            }
            return new Who(
                    own.pair(),
                    own.made(),
                    watched,
                    Optional.of(watched),
                    apiKeys,
                    Optional.empty());
        }
        Home.Key validator = home.development(home.developmentValidator());
        Roster roster = only(validator.pair());
        return new Who(
                own.pair(),
                own.made(),
                () -> roster,
                Optional.empty(),
                apiKeys,
                Optional.of(validator.file()));
    }

    /// Where the hotkey's password comes from.
    static Passwords passwords(Config.Identity identity, Passwords.Prompt prompt) {
        return new Passwords(identity.hotkeyPassword(), System.getenv(), prompt);
    }

    private static Home.Key configured(Path file, Passwords passwords) throws ConfigException {
        try {
            Optional<Path> password = passwords.file().filter(Files::exists);
            if (password.isPresent()) {
                warnIfReadable("password", password.get());
            }
            warnIfReadable("hotkey", file);
            return new Home.Key(file, Keyfile.read(file, passwords), false);
        } catch (KeyFormatException e) {
            throw new ConfigException("hotkey.file", List.of(String.valueOf(e.getMessage())));
        } catch (IOException e) {
            throw new ConfigException(
                    "hotkey.file", List.of("%s cannot be read: %s".formatted(file, e)));
        }
    }

    private static void warnIfReadable(String what, Path file) throws IOException {
        if (Keyfile.isReadableByOthers(file)) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "%s: %s can be read by others; chmod 600 it".formatted(what, file));
        }
    }

    private static ApiKeys apiKeys(Config.Identity identity) throws ConfigException {
        if (identity.apiKeys().isEmpty()) {
            return ApiKeys.NONE;
        }
        try {
            return ApiKeys.read(identity.apiKeys().get());
        } catch (IOException e) {
            throw new ConfigException(
                    "api-keys.file",
                    List.of("%s: %s".formatted(identity.apiKeys().get(), e.getMessage())));
        }
    }

    private static Roster only(KeyPair validator) {
        Hotkey hotkey = validator.hotkey();
        return new Roster(
                Map.of(
                        hotkey,
                        new Roster.Member(
                                hotkey,
                                validator.scheme(),
                                DEVELOPMENT_STAKE,
                                true,
                                Roster.Sees.FULL)),
                Instant.now());
    }
}
