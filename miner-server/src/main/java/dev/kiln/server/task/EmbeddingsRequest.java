package dev.kiln.server.task;

import static dev.kiln.server.task.StrictJson.bad;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.kiln.core.Refused;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The body of `POST /v1/embeddings`, read strictly. Fields that we do not know are skipped, as OpenAI's clients send
/// extras; fields that we know must have their type.
///
/// @param model empty where the body names none
/// @param base64 whether vectors are asked for as base64 of little-endian float32
/// @param dimensions empty where the body asks for none
record EmbeddingsRequest(
        Optional<String> model, List<String> texts, boolean base64, Optional<Integer> dimensions) {

    /// Bounds on what is read.
    ///
    /// @param texts in one request
    /// @param textChars UTF-16 characters of one text
    record Bounds(int texts, int textChars) {
        static Bounds of(Setting setting) {
            return new Bounds(setting.limits().items(), setting.limits().textChars());
        }
    }

    static EmbeddingsRequest read(byte[] body, Bounds bounds) throws Refused {
        try (JsonParser json = StrictJson.parser(body)) {
            return new Reader(json, bounds).read();
        } catch (JacksonException e) {
            throw StrictJson.notJson(e);
        } catch (IOException e) {
            throw new IllegalStateException("this is a bug: an array cannot fail to be read", e);
        }
    }

    /// The parse itself; one use.
    private static final class Reader {
        private final JsonParser json;
        private final Bounds bounds;
        private @Nullable String model;
        private @Nullable List<String> texts;
        private boolean base64;
        private @Nullable Integer dimensions;

        Reader(JsonParser json, Bounds bounds) {
            this.json = json;
            this.bounds = bounds;
        }

        EmbeddingsRequest read() throws IOException, Refused {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                throw bad("the body must be a JSON object");
            }
            for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
                JsonToken value = json.nextToken();
                switch (name) {
                    case "model" -> model = string(value, "model");
                    case "input" -> texts = input(value);
                    case "encoding_format" -> base64 = format(string(value, "encoding_format"));
                    case "dimensions" -> dimensions = dimensions(value);
                    case "user" -> string(value, "user");
                    default -> json.skipChildren();
                }
            }
            if (json.nextToken() != null) {
                throw bad("something follows the JSON object");
            }
            List<String> read = texts;
            if (read == null) {
                throw bad("input is missing: a string or a list of strings");
            }
            return new EmbeddingsRequest(
                    Optional.ofNullable(model), read, base64, Optional.ofNullable(dimensions));
        }

        private String string(JsonToken value, String place) throws IOException, Refused {
            if (value != JsonToken.VALUE_STRING) {
                throw bad(place + " must be a string");
            }
            return StrictJson.whole(json.getText(), place);
        }

        private List<String> input(JsonToken value) throws IOException, Refused {
            if (value == JsonToken.VALUE_STRING) {
                return List.of(text("input"));
            }
            if (value != JsonToken.START_ARRAY) {
                throw bad("input must be a string or a list of strings");
            }
            List<String> all = new ArrayList<>();
            for (JsonToken item = json.nextToken();
                    item != JsonToken.END_ARRAY;
                    item = json.nextToken()) {
                if (all.size() == bounds.texts()) {
                    throw bad("input may have %d texts".formatted(bounds.texts()));
                }
                String place = "input[" + all.size() + "]";
                switch (item) {
                    case VALUE_STRING -> all.add(text(place));
                    case VALUE_NUMBER_INT, START_ARRAY ->
                            throw bad("token arrays are not read here: send text");
                    case null, default -> throw bad(place + " must be a string");
                }
            }
            if (all.isEmpty()) {
                throw bad("input must have at least one text");
            }
            return all;
        }

        private String text(String place) throws IOException, Refused {
            String text = json.getText();
            if (text.length() > bounds.textChars()) {
                throw bad(
                        "%s has %d characters, may have %d"
                                .formatted(place, text.length(), bounds.textChars()));
            }
            return StrictJson.whole(text, place);
        }

        private static boolean format(String word) throws Refused {
            return switch (word) {
                case "float" -> false;
                case "base64" -> true;
                default -> throw bad("encoding_format must be float or base64");
            };
        }

        private int dimensions(JsonToken value) throws IOException, Refused {
            if (value != JsonToken.VALUE_NUMBER_INT) {
                throw bad("dimensions must be a whole number");
            }
            return json.getIntValue();
        }
    }
}
