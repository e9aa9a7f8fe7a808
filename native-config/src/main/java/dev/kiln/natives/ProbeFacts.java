package dev.kiln.natives;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/// The `key=value` lines among what a probe printed; every other line is ignored, the last of two equal keys wins.
final class ProbeFacts {
    private static final Pattern LINE = Pattern.compile("([a-z][a-z0-9_.-]{0,39})=(.{0,400})");

    private final Map<String, String> facts;

    private ProbeFacts(Map<String, String> facts) {
        this.facts = facts;
    }

    static ProbeFacts parse(String output) {
        Map<String, String> facts = new LinkedHashMap<>();
        output.lines()
                .forEach(line -> {
                    var matcher = LINE.matcher(printable(line.strip()));
                    if (matcher.matches()) {
                        facts.put(matcher.group(1), matcher.group(2).strip());
                    }
                });
        return new ProbeFacts(facts);
    }

    /// The line without control characters, at most 400 characters: it goes to a terminal and a log.
    static String printable(String line) {
        String cut = line.length() > 400 ? line.substring(0, 400) : line;
        return cut.replaceAll("\\p{Cntrl}", "?");
    }

    boolean isEmpty() {
        return facts.isEmpty();
    }

    /// The value of a key, in whatever case it is spelled, if it was printed and is not empty.
    Optional<String> value(String key) {
        return Optional.ofNullable(facts.get(key.toLowerCase(Locale.ROOT)))
                .filter(value -> !value.isEmpty());
    }

    List<String> lines() {
        List<String> lines = new ArrayList<>();
        facts.forEach((key, value) -> lines.add(key + "=" + value));
        return lines;
    }
}
