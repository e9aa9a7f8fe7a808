package dev.kiln.loadtest.why;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What an answer earns by its latency, read from the words that a run's report has for it.
///
/// @param shape how it falls
/// @param fromMillis no gain below this
/// @param toMillis nothing beyond this
record LatencyCurve(Shape shape, double fromMillis, double toMillis) {
    private static final Pattern HARD = Pattern.compile("all until (\\d+) ms, nothing beyond");
    private static final Pattern LINEAR =
            Pattern.compile("all until (\\d+) ms, then straight down to nothing at (\\d+) ms");
    private static final Pattern SIGMOID =
            Pattern.compile("a soft step between (\\d+) ms and (\\d+) ms");
    private static final Pattern NONE = Pattern.compile("all, whatever the latency");

    enum Shape {
        HARD,
        LINEAR,
        SIGMOID,
        NONE
    }

    /// Empty for words that no curve known here has.
    static Optional<LatencyCurve> of(String words) {
        Matcher hard = HARD.matcher(words);
        if (hard.matches()) {
            return Optional.of(new LatencyCurve(Shape.HARD, 0, Double.parseDouble(hard.group(1))));
        }
        if (NONE.matcher(words).matches()) {
            return Optional.of(new LatencyCurve(Shape.NONE, 0, Double.POSITIVE_INFINITY));
        }
        return between(Shape.LINEAR, LINEAR.matcher(words))
                .or(() -> between(Shape.SIGMOID, SIGMOID.matcher(words)));
    }

    private static Optional<LatencyCurve> between(Shape shape, Matcher matcher) {
        return matcher.matches()
                ? Optional.of(
                        new LatencyCurve(
                                shape,
                                Double.parseDouble(matcher.group(1)),
                                Double.parseDouble(matcher.group(2))))
                : Optional.empty();
    }

    /// What a right answer after so many milliseconds earns, from 0 to 1.
    double score(double millis) {
        if (shape == Shape.NONE) {
            return 1;
        }
        if (millis > toMillis) {
            return 0;
        }
        return switch (shape) {
            case HARD, NONE -> 1;
            case LINEAR -> 1 - Math.max(0, millis - fromMillis) / (toMillis - fromMillis);
            case SIGMOID ->
                    1
                            / (1
                                    + Math.exp(
                                            (millis - (fromMillis + toMillis) / 2)
                                                    / ((toMillis - fromMillis) / 10)));
        };
    }
}
