package dev.kiln.server.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What stands in lists that a file leaves out.
final class Defaults {
    private Defaults() {}

    /// A fresh, growable list: one embedded model, one route and one synapse that ask it; empty for any other key.
    static List<Object> listOf(String key) {
        List<Object> list = new ArrayList<>();
        switch (key) {
            case "models" -> list.add(entry(Map.of("name", "minilm", "source", "embedded:minilm")));
            case "routes" ->
                    list.add(entry(Map.of("path", "/v1/embeddings", "task", "embeddings")));
            case "synapses" ->
                    list.add(entry(Map.of("name", "TextEmbedding", "task", "embeddings")));
            default -> {}
        }
        return list;
    }

    private static Map<String, Object> entry(Map<String, Object> keys) {
        return new LinkedHashMap<>(keys);
    }
}
