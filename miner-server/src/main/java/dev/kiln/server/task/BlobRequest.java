package dev.kiln.server.task;

import static dev.kiln.server.task.StrictJson.bad;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.kiln.core.Refused;
import dev.kiln.core.Task;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Bytes to be looked at, in the shape of Hugging Face's inference clients: the thing itself as the body, its options in
/// the query; or JSON, `{"inputs": base64 or a list of it, "parameters": {…}}`.
///
/// @param model empty where none is named
/// @param blobs at least one, none of them empty
/// @param list whether they came as a list, so that the answer is one too
/// @param options what else is asked for; not yet looked at
record BlobRequest(Optional<String> model, List<byte[]> blobs, boolean list, Options options) {
    /// @param most things in one call
    static BlobRequest read(Task.Asked asked, int most) throws Refused {
        Options query = Options.ofQuery(asked.head());
        String media = Options.media(asked.head());
        if (media.isEmpty() || media.equals("application/json")) {
            query.refuseUnknown();
            return json(asked.body(), most);
        }
        return new BlobRequest(
                query.text("model"), List.of(whole(asked.body(), "the body")), false, query);
    }

    private static BlobRequest json(byte[] body, int most) throws Refused {
        try (JsonParser json = StrictJson.parser(body)) {
            return new Reader(json, most).read();
        } catch (JacksonException e) {
            throw StrictJson.notJson(e);
        } catch (IOException e) {
            throw new IllegalStateException("this is a bug: an array cannot fail to be read", e);
        }
    }

    private static byte[] whole(byte[] blob, String place) throws Refused {
        if (blob.length == 0) {
            throw bad(place + " is empty");
        }
        return blob;
    }

    /// The parse itself; one use.
    private static final class Reader {
        private final JsonParser json;
        private final int most;
        private final List<byte[]> blobs = new ArrayList<>();
        private boolean list;
        private @Nullable String model;
        private Map<String, String> options = Map.of();

        Reader(JsonParser json, int most) {
            this.json = json;
            this.most = most;
        }

        BlobRequest read() throws IOException, Refused {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                throw bad("the body must be a JSON object");
            }
            for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
                JsonToken value = json.nextToken();
                switch (name) {
                    case "model" -> model = model(value);
                    case "inputs" -> inputs(value);
                    case "parameters" -> options = parameters(value);
                    default -> json.skipChildren();
                }
            }
            if (json.nextToken() != null) {
                throw bad("something follows the JSON object");
            }
            if (blobs.isEmpty()) {
                throw bad("inputs is missing: base64, or a list of it");
            }
            return new BlobRequest(
                    Optional.ofNullable(model), List.copyOf(blobs), list, new Options(options));
        }

        private String model(JsonToken value) throws IOException, Refused {
            if (value != JsonToken.VALUE_STRING) {
                throw bad("model must be a string");
            }
            return StrictJson.whole(json.getText(), "model");
        }

        private void inputs(JsonToken value) throws IOException, Refused {
            if (value != JsonToken.START_ARRAY) {
                blob(value, "inputs");
                return;
            }
            list = true;
            for (JsonToken item = json.nextToken();
                    item != JsonToken.END_ARRAY;
                    item = json.nextToken()) {
                if (blobs.size() == most) {
                    throw bad("inputs may have %d entries".formatted(most));
                }
                blob(item, "inputs[" + blobs.size() + "]");
            }
        }

        private void blob(@Nullable JsonToken value, String place) throws IOException, Refused {
            if (value != JsonToken.VALUE_STRING) {
                throw bad(place + " must be a string of base64");
            }
            try {
                blobs.add(whole(Base64.getDecoder().decode(json.getText()), place));
            } catch (IllegalArgumentException _) {
                throw bad(place + " is not base64");
            }
        }

        private Map<String, String> parameters(JsonToken value) throws IOException, Refused {
            if (value == JsonToken.VALUE_NULL) {
                return Map.of();
            }
            if (value != JsonToken.START_OBJECT) {
                throw bad("parameters must be a JSON object");
            }
            Map<String, String> read = new LinkedHashMap<>();
            for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
                switch (json.nextToken()) {
                    case VALUE_STRING,
                            VALUE_NUMBER_INT,
                            VALUE_NUMBER_FLOAT,
                            VALUE_TRUE,
                            VALUE_FALSE ->
                            read.put(name, json.getText());
                    case VALUE_NULL -> {}
                    case null, default ->
                            throw bad("parameters must be words, numbers, true or false");
                }
            }
            return read;
        }
    }
}
