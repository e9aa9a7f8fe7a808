package dev.kiln.loadtest.traffic;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The bodies of `POST /v1/embeddings`: the question's, and what comes back; and what comes back in a synapse.
///
/// **Threads:** any.
public final class EmbeddingJson {
    private static final ObjectMapper JSON = new ObjectMapper();

    /// What stands for the name of a model that only the receipt says.
    public static final String UNNAMED = "named by the receipt";

    /// A refusal in the shape that Dendrites read.
    private static final Pattern CODED = Pattern.compile("([A-Z_]+): (.*)", Pattern.DOTALL);

    private EmbeddingJson() {}

    /// Vectors as they came, in the order of their `index`.
    ///
    /// @param model [#UNNAMED] in a synapse, which has no place for it
    /// @param tokens `usage.prompt_tokens`, -1 if absent
    public record Embeddings(String model, List<float[]> vectors, long tokens) {
        /// No vectors: nothing was judged.
        static final Embeddings NONE = new Embeddings(UNNAMED, List.of(), -1);
    }

    /// The raw body that asks for these texts' vectors as plain numbers.
    public static byte[] question(String model, List<String> texts) {
        var body =
                new TreeMap<String, Object>(
                        Map.of("encoding_format", "float", "input", texts, "model", model));
        try {
            return JSON.writeValueAsBytes(body);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("strings always have a JSON form", e);
        }
    }

    /// Reads an answer.
    ///
    /// @throws IOException if the bytes are no such answer; the message says where
    public static Embeddings read(byte[] body) throws IOException {
        JsonNode root = tree(body);
        if (root.path("embeddings").isArray()) {
            return synapse(root.path("embeddings"));
        }
        JsonNode data = root.path("data");
        if (!data.isArray()) {
            throw new IOException("the body has no list \"data\"");
        }
        var byIndex = new TreeMap<Integer, float[]>();
        for (JsonNode item : data) {
            int index = item.path("index").asInt(-1);
            if (index < 0 || byIndex.put(index, vector(item.path("embedding"))) != null) {
                throw new IOException("data has a missing or repeated index");
            }
        }
        for (int i = 0; i < byIndex.size(); i++) {
            if (!byIndex.containsKey(i)) {
                throw new IOException("data has no item with index " + i);
            }
        }
        return new Embeddings(
                root.path("model").asText(""),
                new ArrayList<>(byIndex.values()),
                root.path("usage").path("prompt_tokens").asLong(-1));
    }

    /// Reads an answer that was streamed: a vector in JSON a line, each behind `data: ` where they are events.
    ///
    /// @throws IOException if the bytes are no such answer
    public static Embeddings readStream(byte[] body) throws IOException {
        List<float[]> vectors = new ArrayList<>();
        for (String line : new String(body, UTF_8).lines().toList()) {
            String json = line.startsWith("data:") ? line.substring(5) : line;
            if (!json.isBlank()) {
                vectors.add(vector(JSON.readTree(json)));
            }
        }
        return new Embeddings(UNNAMED, vectors, -1);
    }

    private static Embeddings synapse(JsonNode lists) throws IOException {
        List<float[]> vectors = new ArrayList<>();
        for (JsonNode list : lists) {
            vectors.add(vector(list));
        }
        return new Embeddings(UNNAMED, vectors, -1);
    }

    /// The code and message of a refusal's body, if it is one.
    public static Optional<Said> refusal(byte[] body) {
        try {
            JsonNode root = tree(body);
            Matcher coded = CODED.matcher(root.path("message").asText(""));
            if (coded.matches()) {
                return Optional.of(new Said(coded.group(1), coded.group(2)));
            }
            JsonNode error = root.path("error");
            JsonNode code = error.path("code");
            return code.isTextual()
                    ? Optional.of(new Said(code.asText(), error.path("message").asText("")))
                    : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /// What a refusing server said.
    public record Said(String code, String message) {}

    private static JsonNode tree(byte[] body) throws IOException {
        JsonNode root = JSON.readTree(body);
        if (root == null || !root.isObject()) {
            throw new IOException("the body is no JSON object");
        }
        return root;
    }

    private static float[] vector(JsonNode numbers) throws IOException {
        if (!numbers.isArray()) {
            throw new IOException("an embedding is no list of numbers");
        }
        var vector = new float[numbers.size()];
        for (int i = 0; i < vector.length; i++) {
            JsonNode number = numbers.get(i);
            if (!number.isNumber()) {
                throw new IOException("an embedding holds something that is no number");
            }
            vector[i] = number.floatValue();
        }
        return vector;
    }
}
