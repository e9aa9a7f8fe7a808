package dev.kiln.adapter.catalog;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// One map of a `model.yaml`. Every problem is noted and reading goes on; what is returned then does not matter.
///
/// @param prefix where the map lies, for messages: empty or ending in a dot
/// @param problems shared by all maps of one file
record Fields(String prefix, JsonNode node, List<String> problems) {
    /// Notes every key that is not known, with a guess.
    Fields knowing(List<String> known) {
        for (Map.Entry<String, JsonNode> field : node.properties()) {
            if (!known.contains(field.getKey())) {
                String guess =
                        Guess.of(field.getKey(), known)
                                .map("; did you mean %s?"::formatted)
                                .orElse("");
                problem(field.getKey(), "  unknown key" + guess);
            }
        }
        return this;
    }

    void problem(String key, String problem) {
        problems.add(prefix + key + problem);
    }

    boolean has(String key) {
        return !node.path(key).isMissingNode();
    }

    JsonNode at(String key) {
        return node.path(key);
    }

    /// A map inside.
    Fields inside(String key) {
        if (!at(key).isObject()) {
            problem(key, has(key) ? "  must be a map" : "  is missing");
        }
        return new Fields(prefix + key + ".", at(key), problems);
    }

    String text(String key) {
        JsonNode value = at(key);
        if (!value.isTextual() || value.textValue().isBlank()) {
            problem(key, value.isMissingNode() ? "  is missing" : "  must be a text");
            return "";
        }
        return value.textValue();
    }

    Optional<String> optionalText(String key) {
        return has(key) ? Optional.of(text(key)) : Optional.empty();
    }

    int whole(String key, int least, int most) {
        JsonNode value = at(key);
        if (!value.isInt() || value.intValue() < least || value.intValue() > most) {
            String found = value.isMissingNode() ? " is missing, " : " = " + value + "  ";
            problem(key, found + "must be a whole number from %d to %d".formatted(least, most));
            return least;
        }
        return value.intValue();
    }

    boolean truth(String key, boolean otherwise) {
        if (has(key) && !at(key).isBoolean()) {
            problem(key, " = %s  must be true or false".formatted(at(key)));
        }
        return at(key).asBoolean(otherwise);
    }

    /// One of a few words, written with small letters and dashes.
    <E extends Enum<E>> E word(String key, Class<E> words, E otherwise) {
        if (!has(key)) {
            return otherwise;
        }
        String value = text(key);
        List<String> known = new ArrayList<>();
        for (E word : words.getEnumConstants()) {
            String name = word.name().toLowerCase(Locale.ROOT).replace('_', '-');
            if (name.equals(value.toLowerCase(Locale.ROOT))) {
                return word;
            }
            known.add(name);
        }
        if (!value.isEmpty()) {
            problem(key, " = \"%s\"  must be %s".formatted(value, String.join(" or ", known)));
        }
        return otherwise;
    }

    List<Double> numbers(String key) {
        List<Double> numbers = new ArrayList<>();
        flatten(key, at(key), numbers);
        return numbers;
    }

    private void flatten(String key, JsonNode value, List<Double> into) {
        if (value.isArray()) {
            value.forEach(part -> flatten(key, part, into));
        } else if (value.isNumber()) {
            into.add(value.doubleValue());
        } else if (value.isBoolean()) {
            into.add(value.booleanValue() ? 1.0 : 0.0);
        } else {
            problem(
                    key,
                    value.isMissingNode()
                            ? "  is missing"
                            : " holds %s, must hold numbers".formatted(value));
        }
    }

    List<String> texts(String key) {
        List<String> texts = new ArrayList<>();
        for (JsonNode value : at(key)) {
            if (!value.isValueNode() || value.isNull()) {
                problem(key, " holds %s, must hold texts".formatted(value));
            }
            texts.add(value.asText());
        }
        return texts;
    }

    /// The lengths of axes; -1 where any length will do.
    List<Long> axes(String key) {
        List<Long> axes = new ArrayList<>();
        if (!at(key).isArray()) {
            problem(key, "  must be a list of lengths, -1 for any");
        }
        for (JsonNode axis : at(key)) {
            if (!axis.isIntegralNumber() || axis.longValue() < -1) {
                problem(key, " holds %s, must hold lengths, -1 for any".formatted(axis));
            }
            axes.add(axis.longValue());
        }
        return axes;
    }
}
