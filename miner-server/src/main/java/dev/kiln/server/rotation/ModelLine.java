package dev.kiln.server.rotation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kiln.core.BatchPolicy;
import dev.kiln.server.config.Config;
import java.time.Duration;
import java.util.Optional;

/// A model's configuration as the history keeps it, so that it can answer again as it did.
final class ModelLine {
    private ModelLine() {}

    static void write(Config.Model model, ObjectNode line) {
        BatchPolicy batch = model.batch();
        line.put("source", model.source());
        line.put("max_tokens", model.maxTokens());
        line.put("device", model.device());
        line.put("require_gpu", model.requireGpu());
        line.put("engine_threads", model.engineThreads());
        line.put("max_items", batch.maxItems());
        line.put("max_cost", batch.maxCost());
        line.put("max_padding", batch.maxPadding());
        line.put("max_linger_ns", batch.maxLinger().toNanos());
    }

    /// What [#write] wrote; empty where a line says nothing of it, or what nothing can be made of.
    static Optional<Config.Model> read(String name, JsonNode line) {
        if (!line.hasNonNull("source")) {
            return Optional.empty();
        }
        try {
            var batch =
                    new BatchPolicy(
                            line.path("max_items").asInt(),
                            line.path("max_cost").asLong(),
                            line.path("max_padding").asDouble(),
                            Duration.ofNanos(line.path("max_linger_ns").asLong()));
            return Optional.of(
                    new Config.Model(
                            name,
                            line.path("source").asText(),
                            line.path("max_tokens").asInt(),
                            line.path("device").asText(),
                            line.path("require_gpu").asBoolean(),
                            line.path("engine_threads").asInt(),
                            batch));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
