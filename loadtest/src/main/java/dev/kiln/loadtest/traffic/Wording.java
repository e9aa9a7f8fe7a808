package dev.kiln.loadtest.traffic;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// How texts become a request's body.
///
/// **Threads:** any.
@FunctionalInterface
public interface Wording {
    /// The raw body; the same for the same texts, always.
    byte[] body(List<String> texts);

    /// As `/v1/embeddings` is asked.
    static Wording embeddings(String model) {
        return texts -> EmbeddingJson.question(model, texts);
    }

    /// A user's own JSON, in which `{{texts}}` stands for the list of texts, `{{text}}` for the first of them and
    /// `{{model}}` for the model's name, all with their quotes.
    ///
    /// @throws IllegalArgumentException if the template is no JSON once it is filled in
    static Wording template(String template, String model) {
        Wording wording =
                texts ->
                        template.replace("{{texts}}", Json.of(texts))
                                .replace("{{text}}", Json.of(texts.getFirst()))
                                .replace("{{model}}", Json.of(model))
                                .getBytes(StandardCharsets.UTF_8);
        Json.require(wording.body(List.of("a", "b")));
        return wording;
    }

    /// JSON of small things.
    final class Json {
        private static final ObjectMapper MAPPER = new ObjectMapper();

        private Json() {}

        private static String of(Object value) {
            try {
                return MAPPER.writeValueAsString(value);
            } catch (JsonProcessingException e) {
                throw new IllegalStateException("texts always have a JSON form", e);
            }
        }

        private static void require(byte[] body) {
            try {
                MAPPER.readTree(new String(body, StandardCharsets.UTF_8));
            } catch (JsonProcessingException e) {
                throw new IllegalArgumentException(
                        "the body's template is no JSON once {{texts}}, {{text}} and {{model}} are filled in: "
                                + e.getOriginalMessage(),
                        e);
            }
        }
    }
}
