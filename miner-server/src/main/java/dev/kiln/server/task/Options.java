package dev.kiln.server.task;

import static dev.kiln.server.task.StrictJson.bad;

import dev.kiln.core.Refused;
import dev.kiln.core.RequestHead;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/// What a caller asks for beside the thing itself: the query of a raw body's target, or the fields of a JSON body. Each
/// option has one name and one spelling in both.
final class Options {
    private static final Pattern WORD = Pattern.compile("[A-Za-z0-9._-]{1,128}");
    private static final int MOST = 32;

    private final Map<String, String> values;
    private final Set<String> read = new TreeSet<>();

    Options(Map<String, String> values) {
        this.values = values;
    }

    /// Those of a target's query. Nothing is percent-decoded: no option needs it.
    static Options ofQuery(RequestHead head) throws Refused {
        Map<String, String> values = new LinkedHashMap<>();
        String[] target = head.target().split("\\?", 2);
        if (target.length == 2 && !target[1].isEmpty()) {
            String[] pairs = target[1].split("&", MOST + 1);
            for (String pair : pairs) {
                String[] parts = pair.split("=", 2);
                if (pairs.length > MOST
                        || parts.length != 2
                        || !WORD.matcher(parts[0]).matches()
                        || !WORD.matcher(parts[1]).matches()) {
                    throw bad("the query must be name=value, joined by &, of plain characters");
                }
                if (values.put(parts[0], parts[1]) != null) {
                    throw bad("%s stands twice in the query".formatted(parts[0]));
                }
            }
        }
        return new Options(values);
    }

    /// The parameters of a `Content-Type`, names in lower case.
    static Options ofMedia(RequestHead head) throws Refused {
        Map<String, String> values = new LinkedHashMap<>();
        List<String> types = head.values("Content-Type");
        List<String> parts =
                types.isEmpty() ? List.of() : List.of(types.getFirst().split(";", MOST + 2));
        for (String part : parts.stream().skip(1).toList()) {
            String[] pair = part.strip().split("=", 2);
            if (parts.size() > MOST + 1 || pair.length != 2 || !WORD.matcher(pair[1]).matches()) {
                throw bad("Content-Type must be type/subtype; name=value");
            }
            if (values.put(pair[0].toLowerCase(Locale.ROOT), pair[1]) != null) {
                throw bad("a parameter of Content-Type stands twice");
            }
        }
        return new Options(values);
    }

    /// The type that a body says it is, lower case and without parameters; empty where it says nothing.
    static String media(RequestHead head) {
        List<String> types = head.values("Content-Type");
        return types.isEmpty()
                ? ""
                : types.getFirst().split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
    }

    Optional<String> text(String name) {
        read.add(name);
        return Optional.ofNullable(values.get(name));
    }

    /// A whole number between two bounds, both inclusive; the fallback where none is given.
    int whole(String name, int fallback, int least, int most) throws Refused {
        Optional<String> text = text(name);
        if (text.isEmpty()) {
            return fallback;
        }
        try {
            int number = Integer.parseInt(text.get());
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException _) {
            // Falls through to the one refusal.
        }
        throw bad("%s must be a whole number from %d to %d".formatted(name, least, most));
    }

    /// A number between two bounds, both inclusive.
    double number(String name, double fallback, double least, double most) throws Refused {
        Optional<String> text = text(name);
        if (text.isEmpty()) {
            return fallback;
        }
        try {
            double number = Double.parseDouble(text.get());
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException _) {
            // Falls through to the one refusal.
        }
        throw bad("%s must be a number from %s to %s".formatted(name, least, most));
    }

    boolean flag(String name) throws Refused {
        return switch (text(name).orElse("false")) {
            case "true" -> true;
            case "false" -> false;
            default -> throw bad(name + " must be true or false");
        };
    }

    /// Refuses what nobody asked for. To be called last.
    void refuseUnknown() throws Refused {
        List<String> unknown = new ArrayList<>(values.keySet());
        unknown.removeAll(read);
        if (!unknown.isEmpty()) {
            throw bad(
                    "there is no option %s; there is %s"
                            .formatted(unknown.getFirst(), String.join(", ", read)));
        }
    }
}
