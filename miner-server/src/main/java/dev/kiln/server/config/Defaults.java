package dev.kiln.server.config;

import dev.kiln.server.task.Tasks;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What stands in lists that a file leaves out.
final class Defaults {
    private Defaults() {}

    /// A fresh, growable list: one embedded model, a route for every task and one synapse; empty for any other key.
    static List<Object> listOf(String key) {
        List<Object> list = new ArrayList<>();
        switch (key) {
            case "models" -> list.add(entry(Map.of("name", "minilm", "source", "embedded:minilm")));
            case "routes" -> {
                for (Tasks.Kind kind : Tasks.ALL) {
                    list.add(entry(Map.of("path", kind.path(), "task", kind.name())));
                }
            }
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
