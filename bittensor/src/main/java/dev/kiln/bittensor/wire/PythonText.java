package dev.kiln.bittensor.wire;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Map;

/// Values as Python's `str()` prints them: the bytes under a body hash.
///
/// What is printable is what this JDK's Unicode says; a character younger than the caller's Python may differ.
final class PythonText {
    /// The largest magnitude exponents that are still written without one.
    private static final int FIXED_FROM = -4;

    private static final int FIXED_TO = 16;

    private PythonText() {}

    /// `str(value)`: text as it is, everything else as `repr` has it.
    static String str(JsonNode value) {
        return value.isTextual() ? value.textValue() : repr(value);
    }

    /// `repr(value)`.
    static String repr(JsonNode value) {
        StringBuilder text = new StringBuilder();
        print(value, text);
        return text.toString();
    }

    private static void print(JsonNode value, StringBuilder into) {
        switch (value.getNodeType()) {
            case STRING -> quote(value.textValue(), into);
            case NUMBER ->
                    into.append(
                            value.isIntegralNumber()
                                    ? value.bigIntegerValue().toString()
                                    : number(value.doubleValue()));
            case BOOLEAN -> into.append(value.booleanValue() ? "True" : "False");
            case ARRAY -> list(value, into);
            case OBJECT -> dict(value, into);
            case NULL, MISSING -> into.append("None");
            case BINARY, POJO -> throw new IllegalStateException("this is a bug: not from JSON");
        }
    }

    private static void list(JsonNode items, StringBuilder into) {
        into.append('[');
        String between = "";
        for (JsonNode item : items) {
            into.append(between);
            print(item, into);
            between = ", ";
        }
        into.append(']');
    }

    private static void dict(JsonNode fields, StringBuilder into) {
        into.append('{');
        String between = "";
        for (Map.Entry<String, JsonNode> field : fields.properties()) {
            into.append(between);
            quote(field.getKey(), into);
            into.append(": ");
            print(field.getValue(), into);
            between = ", ";
        }
        into.append('}');
    }

    /// A float: the shortest digits that read back as the same number, with a point or an exponent.
    static String number(double value) {
        if (Double.isNaN(value)) {
            return "nan";
        }
        if (Double.isInfinite(value)) {
            return value > 0 ? "inf" : "-inf";
        }
        String sign = Double.compare(value, 0.0) < 0 ? "-" : "";
        if (value == 0) {
            return sign + "0.0";
        }
        BigDecimal shortest = shortest(Math.abs(value));
        String digits = shortest.unscaledValue().toString();
        int exponent = digits.length() - 1 - shortest.scale();
        return sign
                + (exponent >= FIXED_FROM && exponent < FIXED_TO
                        ? fixed(shortest)
                        : scientific(digits, exponent));
    }

    /// Java always writes two digits, which for 5e-324 and its like is one more than needed.
    private static BigDecimal shortest(double value) {
        BigDecimal two = new BigDecimal(Double.toString(value));
        if (two.precision() > 2) {
            return two.stripTrailingZeros();
        }
        BigDecimal one = two.round(new MathContext(1));
        return (one.doubleValue() == value ? one : two).stripTrailingZeros();
    }

    private static String fixed(BigDecimal value) {
        String plain = value.toPlainString();
        return plain.indexOf('.') < 0 ? plain + ".0" : plain;
    }

    private static String scientific(String digits, int exponent) {
        String fraction = digits.length() == 1 ? "" : "." + digits.substring(1);
        return "%c%se%c%02d"
                .formatted(
                        digits.charAt(0), fraction, exponent < 0 ? '-' : '+', Math.abs(exponent));
    }

    /// Text in quotes: single ones, unless it has those and no double ones.
    private static void quote(String text, StringBuilder into) {
        char quote = text.indexOf('\'') >= 0 && text.indexOf('"') < 0 ? '"' : '\'';
        into.append(quote);
        text.codePoints().forEach(c -> character(c, quote, into));
        into.append(quote);
    }

    private static void character(int c, char quote, StringBuilder into) {
        switch (c) {
            case '\\' -> into.append("\\\\");
            case '\n' -> into.append("\\n");
            case '\r' -> into.append("\\r");
            case '\t' -> into.append("\\t");
            default -> {
                if (c == quote) {
                    into.append('\\').append(quote);
                } else if (printable(c)) {
                    into.appendCodePoint(c);
                } else {
                    into.append(
                            (c < 0x100 ? "\\x%02x" : c < 0x10000 ? "\\u%04x" : "\\U%08x")
                                    .formatted(c));
                }
            }
        }
    }

    private static boolean printable(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR ->
                    false;
            case Character.SPACE_SEPARATOR -> c == ' ';
            default -> true;
        };
    }
}
