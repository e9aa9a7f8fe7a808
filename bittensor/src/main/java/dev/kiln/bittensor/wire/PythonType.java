package dev.kiln.bittensor.wire;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BigIntegerNode;
import com.fasterxml.jackson.databind.node.DoubleNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.util.Locale;

/// The declared type of a synapse's field, as far as it changes what a value prints as: a float that JSON spells `1` is
/// `1.0` once parsed, an int that it spells `1.0` is `1`.
sealed interface PythonType {
    /// The value as it is after Python has parsed it into this type; what does not fit stays as it came.
    JsonNode coerced(JsonNode value);

    /// `str`, `int`, `float`, `bool`, `any`, `list[T]`, `dict[T]` with values of type T.
    ///
    /// @throws IllegalArgumentException for anything else
    static PythonType parse(String text) {
        for (Plain plain : Plain.values()) {
            if (plain.toString().equals(text)) {
                return plain;
            }
        }
        if (text.startsWith("list[") && text.endsWith("]")) {
            return new ListOf(parse(text.substring(5, text.length() - 1)));
        }
        if (text.startsWith("dict[") && text.endsWith("]")) {
            return new DictOf(parse(text.substring(5, text.length() - 1)));
        }
        throw new IllegalArgumentException(
                "%s is no type; known: str, int, float, bool, any, list[TYPE], dict[TYPE]"
                        .formatted(text));
    }

    /// A type without parts.
    enum Plain implements PythonType {
        STR,
        INT,
        FLOAT,
        BOOL,
        ANY;

        @Override
        public JsonNode coerced(JsonNode value) {
            return switch (this) {
                case FLOAT ->
                        value.isIntegralNumber() ? DoubleNode.valueOf(value.doubleValue()) : value;
                case INT -> {
                    double number = value.doubleValue();
                    yield value.isFloatingPointNumber()
                                    && number == Math.rint(number)
                                    && !Double.isInfinite(number)
                            ? BigIntegerNode.valueOf(new BigDecimal(number).toBigIntegerExact())
                            : value;
                }
                case STR, BOOL, ANY -> value;
            };
        }

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /// A list whose items have one type.
    record ListOf(PythonType item) implements PythonType {
        @Override
        public JsonNode coerced(JsonNode value) {
            if (!value.isArray()) {
                return value;
            }
            ArrayNode items = JsonNodeFactory.instance.arrayNode(value.size());
            value.forEach(each -> items.add(item.coerced(each)));
            return items;
        }

        @Override
        public String toString() {
            return "list[" + item + "]";
        }
    }

    /// A dict whose values have one type; its keys are text.
    record DictOf(PythonType value) implements PythonType {
        @Override
        public JsonNode coerced(JsonNode node) {
            if (!node.isObject()) {
                return node;
            }
            ObjectNode fields = JsonNodeFactory.instance.objectNode();
            node.properties()
                    .forEach(field -> fields.set(field.getKey(), value.coerced(field.getValue())));
            return fields;
        }

        @Override
        public String toString() {
            return "dict[" + value + "]";
        }
    }
}
