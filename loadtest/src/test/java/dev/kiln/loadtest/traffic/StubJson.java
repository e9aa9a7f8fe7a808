package dev.kiln.loadtest.traffic;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/// The stub's side of the embeddings JSON.
final class StubJson {
    private static final ObjectMapper JSON = new ObjectMapper();

    private StubJson() {}

    static List<String> texts(byte[] body) {
        try {
            List<String> texts = new ArrayList<>();
            for (JsonNode text : JSON.readTree(body).path("input")) {
                texts.add(text.asText());
            }
            return texts;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static List<Double> vector(String text, int salt, int dimension, double length) {
        var random = new SplittableRandom(text.hashCode() * 31L + salt);
        double[] numbers = random.doubles(dimension, -1, 1).toArray();
        double squares = 0;
        for (double x : numbers) {
            squares += x * x;
        }
        List<Double> vector = new ArrayList<>();
        for (double x : numbers) {
            vector.add(x * length / Math.sqrt(squares));
        }
        return vector;
    }

    static byte[] write(Map<String, Object> tree) {
        try {
            return JSON.writeValueAsBytes(tree);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }
}
