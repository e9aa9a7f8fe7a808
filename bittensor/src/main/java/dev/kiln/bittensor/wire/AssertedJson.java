package dev.kiln.bittensor.wire;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.kiln.core.Asserted;
import dev.kiln.core.Roster;
import dev.kiln.core.model.ModelInfo;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// The asserted facts as one line of ASCII JSON: a flat object of strings and integers, at most 1 KiB.
final class AssertedJson {
    /// Bytes of the header's value.
    static final int MOST = 1024;

    private static final JsonMapper JSON =
            JsonMapper.builder(
                            // Calls have threads of their own, so none may keep buffers.
                            JsonFactory.builder()
                                    .recyclerPool(JsonRecyclerPools.sharedBoundedPool())
                                    .build())
                    .enable(JsonWriteFeature.ESCAPE_NON_ASCII)
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .build();

    private AssertedJson() {}

    /// What this caller is shown. Facts that do not fit are not asserted: everything, else the model's name, else
    /// nothing.
    static String of(Asserted asserted, Roster.Sees sees) {
        if (sees == Roster.Sees.FULL) {
            String full = write(full(asserted));
            if (full.length() <= MOST) {
                return full;
            }
        }
        String minimal = write(minimal(asserted));
        return minimal.length() <= MOST ? minimal : "{}";
    }

    private static Map<String, Object> minimal(Asserted asserted) {
        return asserted.model().isPresent()
                ? Map.of("model", asserted.model().get().name())
                : Map.of();
    }

    private static Map<String, Object> full(Asserted asserted) {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("content_type", asserted.contentType());
        if (asserted.model().isPresent()) {
            ModelInfo model = asserted.model().get();
            facts.put("model", model.name());
            facts.put("model_sha256", model.sha256());
            facts.put("engine", model.engine());
            facts.put("device_requested", model.device().requested());
            facts.put("device_active", model.device().active());
            facts.put("device_proved", model.device().proved());
            if (model.device().percent() >= 0) {
                facts.put("device_nodes_percent", model.device().percent());
            }
        }
        facts.put("batch_size", asserted.batchSize());
        facts.put("verify_us", asserted.stages().verify());
        facts.put("prepare_us", asserted.stages().prepare());
        facts.put("queue_us", asserted.stages().queue());
        facts.put("batch_wait_us", asserted.stages().batchWait());
        facts.put("compute_us", asserted.stages().compute());
        return facts;
    }

    private static String write(Map<String, Object> facts) {
        try {
            return JSON.writeValueAsString(facts);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("strings and integers are always JSON", e);
        }
    }

    /// Reads what a miner asserted.
    ///
    /// @return facts in the order given, each a `String` or a `Long`; empty if the text is not as above
    static Optional<Map<String, Object>> read(String text) {
        if (text.length() > MOST || text.chars().anyMatch(c -> c < ' ' || c > '~')) {
            return Optional.empty();
        }
        if (!text.startsWith("{") || !text.endsWith("}")) {
            return Optional.empty();
        }
        try {
            JsonNode tree = JSON.readTree(text);
            Map<String, Object> facts = new LinkedHashMap<>();
            for (Map.Entry<String, JsonNode> fact : tree.properties()) {
                JsonNode value = fact.getValue();
                if (value.isTextual()) {
                    facts.put(fact.getKey(), value.textValue());
                } else if (value.isIntegralNumber() && value.canConvertToLong()) {
                    facts.put(fact.getKey(), value.longValue());
                } else {
                    return Optional.empty();
                }
            }
            return Optional.of(facts);
        } catch (JsonProcessingException _) {
            return Optional.empty();
        }
    }
}
