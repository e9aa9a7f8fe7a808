package dev.kiln.loadtest.task;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;

/// Reads the numbers of one task's answers.
///
/// **Threads:** confined to one.
@FunctionalInterface
interface Reading {
    /// The numbers of one answer, always in the same order.
    ///
    /// @throws IOException if the bytes are no answer of this task
    float[] read(byte[] body) throws IOException;

    /// JSON of answers.
    final class Json {
        private static final ObjectMapper JSON = new ObjectMapper();

        private Json() {}

        static JsonNode tree(byte[] body) throws IOException {
            JsonNode tree = JSON.readTree(body);
            if (tree == null) {
                throw new IOException("the body is empty");
            }
            return tree;
        }

        static float number(JsonNode node) throws IOException {
            if (node.isTextual()) {
                // As JSON has no word for them.
                return switch (node.asText()) {
                    case "NaN" -> Float.NaN;
                    case "Infinity" -> Float.POSITIVE_INFINITY;
                    case "-Infinity" -> Float.NEGATIVE_INFINITY;
                    default -> throw new IOException("a word stands where a number should");
                };
            }
            if (!node.isNumber()) {
                throw new IOException("something stands where a number should");
            }
            return node.floatValue();
        }
    }
}
