package dev.kiln.loadtest.load;

import dev.kiln.bittensor.keys.KeyFormatException;
import dev.kiln.bittensor.keys.KeyPair;
import dev.kiln.bittensor.keys.Keyfile;
import dev.kiln.core.Scheme;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.Collectors;

/// Many validators: the same for the same wish, but for keys that are drawn anew where no folder keeps them.
///
/// @param callers in the order that timetables count
public record Cast(List<Caller> callers) {
    /// The largest stake, in TAO; each next one has its share by rank.
    private static final double LARGEST_STAKE = 60_000;

    /// The factors of the timeout that callers take in turn.
    private static final List<Double> PATIENCE = List.of(1.0, 1.2, 0.8);

    public Cast {
        callers = List.copyOf(callers);
    }

    /// What is wished for.
    ///
    /// @param dialects spoken in turn
    /// @param timeout of the first; others wait a fifth more or less
    /// @param clockSpread clocks are at most this far off, either way; the first is right
    public record Wish(
            int validators,
            List<Caller.Dialect> dialects,
            Duration timeout,
            Duration clockSpread,
            long seed) {}

    /// With fresh keys.
    public static Cast fresh(Wish wish) {
        List<KeyPair> keys = new ArrayList<>();
        for (int i = 0; i < wish.validators(); i++) {
            keys.add(KeyPair.generate(scheme(wish, i)));
        }
        return of(wish, keys);
    }

    /// With the keys of a folder; those that are missing are made and kept, readable by their owner alone.
    ///
    /// @throws IOException if one cannot be read or written; the message names it
    public static Cast kept(Wish wish, Path folder) throws IOException {
        Files.createDirectories(folder);
        List<KeyPair> keys = new ArrayList<>();
        for (int i = 0; i < wish.validators(); i++) {
            keys.add(key(folder.resolve(label(i)), scheme(wish, i)));
        }
        return of(wish, keys);
    }

    private static KeyPair key(Path file, Scheme scheme) throws IOException {
        try {
            if (Files.exists(file)) {
                KeyPair key = Keyfile.read(file);
                if (key.scheme() != scheme) {
                    throw new IOException(
                            "%s holds a key of %s, this validator needs %s; name another folder"
                                    .formatted(file, key.scheme().wireName(), scheme.wireName()));
                }
                return key;
            }
            KeyPair key = KeyPair.generate(scheme);
            Keyfile.write(file, key, false);
            return key;
        } catch (KeyFormatException e) {
            throw new IOException(String.valueOf(e.getMessage()), e);
        }
    }

    /// Every fourth speaks ed25519, where its dialect knows that.
    private static Scheme scheme(Wish wish, int number) {
        return number % 4 == 3 && dialect(wish, number) == Caller.Dialect.BTAUTH
                ? Scheme.ED25519
                : Scheme.SR25519;
    }

    private static Caller.Dialect dialect(Wish wish, int number) {
        return wish.dialects().get(number % wish.dialects().size());
    }

    private static String label(int number) {
        return "v%02d".formatted(number);
    }

    private static Cast of(Wish wish, List<KeyPair> keys) {
        var random = new SplittableRandom(wish.seed());
        List<Caller> callers = new ArrayList<>();
        for (int i = 0; i < keys.size(); i++) {
            double offset = i == 0 ? 0 : 2 * random.nextDouble() - 1;
            callers.add(
                    new Caller(
                            label(i),
                            keys.get(i),
                            dialect(wish, i),
                            Math.rint(LARGEST_STAKE / (i + 1)),
                            Duration.ofMillis(
                                    Math.round(
                                            wish.timeout().toMillis()
                                                    * PATIENCE.get(i % PATIENCE.size()))),
                            Duration.ofMillis(Math.round(wish.clockSpread().toMillis() * offset)),
                            i % 2 == 0 ? "full" : "minimal",
                            Optional.empty()));
        }
        return new Cast(callers);
    }

    /// A roster that a Kiln server reads.
    public String roster() {
        return callers.stream()
                .map(caller ->
                        "- {hotkey: %s, scheme: %s, stake: %.0f, permit: true, sees: %s}%n"
                                .formatted(
                                        caller.key().hotkey().ss58(),
                                        caller.key().scheme().wireName(),
                                        caller.stake(),
                                        caller.sees()))
                .collect(Collectors.joining());
    }
}
