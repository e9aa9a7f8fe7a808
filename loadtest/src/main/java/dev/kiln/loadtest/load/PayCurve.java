package dev.kiln.loadtest.load;

import java.time.Duration;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What an answer earns by its latency, from 1 down to 0: the patterns that subnets use.
///
/// @param allowance no gain below this: it takes the reward from living next door
/// @param deadline nothing is earned beyond
public record PayCurve(Shape shape, Duration allowance, Duration deadline) {
    private static final Pattern SPELLING = Pattern.compile("([a-z]+)(?::([0-9]{1,6})ms)?");

    /// How it falls.
    public enum Shape {
        /// All until the deadline.
        HARD,
        /// From the allowance straight down to nothing at the deadline.
        LINEAR,
        /// A soft step in the middle between allowance and deadline.
        SIGMOID,
        /// Latency does not count; whatever is right earns all.
        NONE
    }

    /// Reads `SHAPE` or `SHAPE:ALLOWANCEms`.
    ///
    /// @throws IllegalArgumentException if it is neither; the message says what would be
    public static PayCurve parse(String words, Duration deadline) {
        Matcher matcher = SPELLING.matcher(words);
        if (matcher.matches()) {
            for (Shape shape : Shape.values()) {
                if (shape.name().toLowerCase(Locale.ROOT).equals(matcher.group(1))) {
                    Duration allowance =
                            Duration.ofMillis(
                                    matcher.group(2) == null
                                            ? 0
                                            : Long.parseLong(matcher.group(2)));
                    if (allowance.compareTo(deadline) >= 0) {
                        throw new IllegalArgumentException(
                                "the allowance of %d ms must be under the deadline of %d ms"
                                        .formatted(allowance.toMillis(), deadline.toMillis()));
                    }
                    return new PayCurve(shape, allowance, deadline);
                }
            }
        }
        throw new IllegalArgumentException(
                "'%s' is no pay curve: hard, linear, sigmoid or none, with an allowance such as linear:200ms"
                        .formatted(words));
    }

    /// What a right answer earns.
    public double score(long latencyNanos) {
        double t = latencyNanos / 1e9;
        double from = allowance.toNanos() / 1e9;
        double to = deadline.toNanos() / 1e9;
        if (shape == Shape.NONE) {
            return 1;
        }
        if (t > to) {
            return 0;
        }
        return switch (shape) {
            case HARD, NONE -> 1;
            case LINEAR -> 1 - Math.max(0, t - from) / (to - from);
            case SIGMOID -> 1 / (1 + Math.exp((t - (from + to) / 2) / ((to - from) / 10)));
        };
    }

    /// The curve in words.
    public String words() {
        String until = "%d ms".formatted(deadline.toMillis());
        String from = "%d ms".formatted(allowance.toMillis());
        return switch (shape) {
            case HARD -> "all until %s, nothing beyond".formatted(until);
            case LINEAR ->
                    "all until %s, then straight down to nothing at %s".formatted(from, until);
            case SIGMOID -> "a soft step between %s and %s".formatted(from, until);
            case NONE -> "all, whatever the latency";
        };
    }
}
