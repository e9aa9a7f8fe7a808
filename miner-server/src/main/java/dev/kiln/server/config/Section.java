package dev.kiln.server.config;

import dev.kiln.bittensor.wire.HashFields;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// One mapping of the file while it is read: each key is asked for once, with its default; what nobody asked for is
/// unknown. Every problem is noted, and reading goes on with the default.
final class Section {
    /// What stands for "not set" in the file.
    static final String NONE = "none";

    private final Map<?, ?> map;
    private final String place;
    private final Reading reading;
    private final Set<String> known = new LinkedHashSet<>();

    Section(Map<?, ?> map, String place, Reading reading) {
        this.map = map;
        this.place = place;
        this.reading = reading;
    }

    /// Reads a nested mapping, absent or not.
    <T> T section(String key, Function<Section, T> read) {
        known.add(key);
        Object value = map.get(key);
        Map<?, ?> nested = Map.of();
        if (value instanceof Map<?, ?> found) {
            nested = found;
        } else if (value != null && !value.equals("")) {
            reading.problems().add(at(key), "must be a mapping of keys");
        }
        Section section = new Section(nested, at(key), reading);
        T result = read.apply(section);
        section.refuseUnknown();
        return result;
    }

    /// Reads a list of mappings; absent means [Defaults#listOf].
    <T> List<T> list(String key, Function<Section, T> read) {
        known.add(key);
        @Nullable Object value = map.get(key);
        if (value == null) {
            value = Defaults.listOf(key);
        }
        if (!(value instanceof List<?> items) || items.isEmpty()) {
            reading.problems().add(at(key), "must be a list of at least one entry");
            return List.of();
        }
        List<T> all = new ArrayList<>();
        for (int i = 0; i < items.size(); i++) {
            String there = at(key) + "[" + i + "]";
            if (!(items.get(i) instanceof Map<?, ?> item)) {
                reading.problems().add(there, "must be a mapping of keys");
                continue;
            }
            Section section = new Section(item, there, reading);
            all.add(read.apply(section));
            section.refuseUnknown();
        }
        return all;
    }

    /// Reads a list of mappings that may be [#NONE].
    <T> List<T> listOrNone(String key, Function<Section, T> read) {
        if (NONE.equals(map.get(key))) {
            known.add(key);
            return List.of();
        }
        return list(key, read);
    }

    String text(String key, String fallback) {
        String value = raw(key, fallback, "text");
        return value == null ? fallback : value;
    }

    /// A text that must be given.
    String text(String key) {
        String value = raw(key, "", "text");
        if (value == null || value.isBlank()) {
            reading.problems().add(at(key), "is missing");
            return "?";
        }
        return value;
    }

    /// Where a model comes from; must be given.
    String source(String key) {
        return reading.source(text(key));
    }

    Optional<String> optional(String key) {
        String value = raw(key, NONE, "text or none");
        return value == null || value.equals(NONE) ? Optional.empty() : Optional.of(value);
    }

    /// Fields that a signature covers, in order with their types.
    HashFields hashFields(String key) {
        return parsed(
                key,
                NONE,
                "fields with their types, or none",
                HashFields.NONE,
                text -> text.equals(NONE) ? HashFields.NONE : HashFields.parse(text));
    }

    Optional<Path> path(String key) {
        String value = raw(key, NONE, "path or none");
        if (value == null || value.equals(NONE)) {
            return Optional.empty();
        }
        if (value.isBlank()) {
            reading.problems().add(at(key), "is empty: name a file, or write none");
            return Optional.empty();
        }
        return Optional.of(reading.resolve(value));
    }

    int whole(String key, int fallback, int least, int most) {
        String kind = "whole number, %d to %d".formatted(least, most);
        return parsed(
                key,
                Integer.toString(fallback),
                kind,
                fallback,
                text -> {
                    long number = Long.parseLong(text);
                    if (number < least || number > most) {
                        throw new IllegalArgumentException(
                                "must be from %d to %d".formatted(least, most));
                    }
                    return (int) number;
                });
    }

    /// A whole number, or the machine's cores.
    int cores(String key) {
        int cores = Runtime.getRuntime().availableProcessors();
        return parsed(
                key,
                "cores",
                "whole number, 1 to 256, or cores",
                cores,
                text -> {
                    if (text.equals("cores")) {
                        return cores;
                    }
                    int number = Integer.parseInt(text);
                    if (number < 1 || number > 256) {
                        throw new IllegalArgumentException("must be from 1 to 256, or cores");
                    }
                    return number;
                });
    }

    /// A number of TAO or of calls a second, 0 or more.
    double amount(String key, double fallback, String kind) {
        return parsed(key, number(fallback), kind, fallback, Section::amount);
    }

    /// A share, 0 to 1.
    double share(String key, double fallback) {
        String kind = "number, 0 to 1";
        return parsed(
                key,
                number(fallback),
                kind,
                fallback,
                text -> {
                    double number = amount(text);
                    if (number > 1) {
                        throw new IllegalArgumentException("must be from 0 to 1");
                    }
                    return number;
                });
    }

    Optional<Double> optionalAmount(String key, String kind) {
        return parsed(
                key,
                NONE,
                kind + ", or none",
                Optional.empty(),
                text -> {
                    if (text.equals(NONE)) {
                        return Optional.empty();
                    }
                    double number = amount(text);
                    if (number == 0) {
                        throw new IllegalArgumentException("must be above 0, or none");
                    }
                    return Optional.of(number);
                });
    }

    Duration duration(String key, Duration fallback) {
        return parsed(key, Units.text(fallback), "duration", fallback, Units::duration);
    }

    /// A duration longer than nothing.
    Duration span(String key, Duration fallback) {
        Duration value = duration(key, fallback);
        if (value.isZero()) {
            reading.problems().add(at(key), "must be longer than nothing");
            return fallback;
        }
        return value;
    }

    Optional<Duration> optionalDuration(String key) {
        return parsed(
                key,
                NONE,
                "duration, or none",
                Optional.empty(),
                text -> text.equals(NONE) ? Optional.empty() : Optional.of(Units.duration(text)));
    }

    int size(String key, int fallback, int least, int most) {
        String bounds = "from %s to %s".formatted(Units.text(least), Units.text(most));
        return parsed(
                key,
                Units.text(fallback),
                "size, " + bounds,
                fallback,
                text -> {
                    long bytes = Units.size(text);
                    if (bytes < least || bytes > most) {
                        throw new IllegalArgumentException("must be " + bounds);
                    }
                    return (int) bytes;
                });
    }

    boolean flag(String key, boolean fallback) {
        return choice(key, fallback, Map.of("true", true, "false", false));
    }

    /// One of a few words.
    <T> T choice(String key, T fallback, Map<String, T> words) {
        String spelled = "";
        for (Map.Entry<String, T> word : words.entrySet()) {
            if (word.getValue().equals(fallback)) {
                spelled = word.getKey();
            }
        }
        String kind = String.join(" or ", words.keySet().stream().sorted().toList());
        return parsed(
                key,
                spelled,
                kind,
                fallback,
                text -> {
                    T value = words.get(text);
                    if (value == null) {
                        throw new IllegalArgumentException("must be " + kind);
                    }
                    return value;
                });
    }

    /// Notes a problem with one of this section's keys.
    void problem(String key, String what) {
        reading.problems().add(at(key), what);
    }

    void refuseUnknown() {
        for (Object key : map.keySet()) {
            if (!known.contains(key)) {
                String guess =
                        Text.closest(String.valueOf(key), known)
                                .map("; did you mean %s?"::formatted)
                                .orElse("; known here: " + String.join(", ", known));
                reading.problems().add(at(String.valueOf(key)), "unknown key" + guess);
            }
        }
    }

    private <T> T parsed(
            String key, String shown, String kind, T fallback, Function<String, T> parse) {
        String value = raw(key, shown, kind);
        if (value == null) {
            reading.set(at(key), shown, fallback);
            return fallback;
        }
        try {
            T meant = parse.apply(value);
            reading.set(at(key), value, meant);
            return meant;
        } catch (NumberFormatException _) {
            reading.problems().add(at(key), value, "must be a number: " + kind);
        } catch (IllegalArgumentException wrong) {
            reading.problems().add(at(key), value, String.valueOf(wrong.getMessage()));
        }
        return fallback;
    }

    private @Nullable String raw(String key, String shown, String kind) {
        known.add(key);
        reading.seen(at(key), shown, kind);
        reading.set(at(key), shown, shown);
        Object value = map.get(key);
        if (value == null) {
            return null;
        }
        if (!(value instanceof String text)) {
            reading.problems().add(at(key), "must be one value: " + kind);
            return null;
        }
        reading.set(at(key), text, text);
        return text;
    }

    private static double amount(String text) {
        double number = Double.parseDouble(text);
        if (!(number >= 0) || Double.isInfinite(number)) {
            throw new IllegalArgumentException("must be 0 or more");
        }
        return number;
    }

    private static String number(double value) {
        return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
    }

    private String at(String key) {
        return place.isEmpty() ? key : place + "." + key;
    }
}
