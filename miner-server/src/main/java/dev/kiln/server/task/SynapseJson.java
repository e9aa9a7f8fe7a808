package dev.kiln.server.task;

import static dev.kiln.server.task.StrictJson.bad;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kiln.core.Refused;
import dev.kiln.core.Reply;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.Map;

/// Bodies of synapses. A Dendrite writes every field of an answer over its own copy, terminals among them, so an answer
/// is the request with one field filled in and the Axon's status set.
final class SynapseJson {
    private static final JsonMapper JSON =
            JsonMapper.builder(StrictJson.FACTORY)
                    .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
                    .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
                    .build();

    private SynapseJson() {}

    /// Writes one value.
    @FunctionalInterface
    interface Value {
        void write(JsonGenerator json) throws IOException;
    }

    /// Reads a body whole; every string in it can be written again.
    static ObjectNode read(byte[] body) throws Refused {
        try (JsonParser parser = StrictJson.parser(body)) {
            JsonNode tree = JSON.readTree(parser);
            if (!(tree instanceof ObjectNode fields)) {
                throw bad("the body must be a JSON object");
            }
            if (parser.nextToken() != null) {
                throw bad("something follows the JSON object");
            }
            requireWhole(fields);
            return fields;
        } catch (JacksonException e) {
            throw StrictJson.notJson(e);
        } catch (IOException e) {
            throw new IllegalStateException("this is a bug: an array cannot fail to be read", e);
        }
    }

    private static void requireWhole(JsonNode node) throws Refused {
        if (node.isTextual()) {
            StrictJson.whole(node.textValue(), "a string of the body");
        }
        for (Map.Entry<String, JsonNode> field : node.properties()) {
            StrictJson.whole(field.getKey(), "a field's name");
        }
        for (JsonNode child : node) {
            requireWhole(child);
        }
    }

    /// One value alone.
    static String text(Value value) {
        var text = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(text)) {
            value.write(json);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString();
    }

    /// The request's fields with one of them answered.
    static Reply answer(ObjectNode fields, String answered, Value value) {
        var bytes = new ByteArrayOutputStream(4096);
        try (JsonGenerator json = JSON.createGenerator(bytes)) {
            json.writeStartObject();
            for (Map.Entry<String, JsonNode> field : fields.properties()) {
                if (!field.getKey().equals(answered) && !field.getKey().equals("axon")) {
                    json.writeFieldName(field.getKey());
                    echo(field, json);
                }
            }
            json.writeFieldName("axon");
            JSON.writeTree(json, served(fields.path("axon")));
            json.writeFieldName(answered);
            value.write(json);
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new Reply(200, "application/json", bytes.toByteArray());
    }

    /// A terminal that is null would end a Dendrite's call with an error of its own.
    private static void echo(Map.Entry<String, JsonNode> field, JsonGenerator json)
            throws IOException {
        if (field.getKey().equals("dendrite") && !field.getValue().isObject()) {
            JSON.writeTree(json, JSON.createObjectNode());
        } else {
            JSON.writeTree(json, field.getValue());
        }
    }

    private static ObjectNode served(JsonNode sent) {
        ObjectNode axon =
                sent instanceof ObjectNode given ? given.deepCopy() : JSON.createObjectNode();
        axon.put("status_code", 200);
        return axon.put("status_message", "Success");
    }
}
