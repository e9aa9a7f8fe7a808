package dev.kiln.server.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.StringJoiner;

/// How far a caller's clock is off, in words.
final class ClockText {
    private ClockText() {}

    /// @param caller one of the admin interface's callers; nothing where none of its requests told
    static String of(JsonNode caller) {
        var both = new StringJoiner(", ");
        if (caller.has("clock_age_ms")) {
            both.add(words(caller.path("clock_age_ms").asLong()));
        }
        if (caller.has("refused_age_ms")) {
            both.add("refused " + words(caller.path("refused_age_ms").asLong()));
        }
        return both.length() == 0 ? "-" : both.toString();
    }

    private static String words(long ageMillis) {
        return ageMillis < 0
                ? "%d ms ahead".formatted(-ageMillis)
                : "%d ms behind".formatted(ageMillis);
    }
}
