package dev.kiln.loadtest.miner;

import java.net.URI;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The one line with which `kiln serve` says that it answers.
///
/// @param url where
/// @param hotkey the miner's SS58 address
/// @param model the served model's name
/// @param sha256 of its weights, 64 lower-case hex digits
public record ReadyLine(URI url, String hotkey, String model, String sha256) {
    private static final Pattern SHAPE =
            Pattern.compile(
                    "ready (https?://\\S+) hotkey (\\w+) model (\\S+)@([0-9a-f]{64})(?: .*)?");

    /// Reads a line; empty if it is another one.
    public static Optional<ReadyLine> parse(String line) {
        Matcher matcher = SHAPE.matcher(line.strip());
        return matcher.matches()
                ? Optional.of(
                        new ReadyLine(
                                URI.create(matcher.group(1)),
                                matcher.group(2),
                                matcher.group(3),
                                matcher.group(4)))
                : Optional.empty();
    }
}
