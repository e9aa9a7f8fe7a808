package dev.kiln.loadtest.traffic;

import dev.kiln.loadtest.quality.Pair;
import java.util.ArrayList;
import java.util.List;

/// One request's body, and what it is about: texts with the labelled pairs among them (both sentences of each pair, one
/// after the other), or one thing whose truth is known.
///
/// @param pairs may be empty where nothing is scored
/// @param body the raw bytes; not copied, not to be changed
/// @param thing the name of what is asked about in place of texts; empty for texts
/// @param media what the body is, as `Content-Type` spells it
@SuppressWarnings("ArrayRecordComponent") // a carrier, never compared
public record Question(
        List<Pair> pairs, List<String> texts, byte[] body, String thing, String media) {
    private static final String JSON = "application/json";

    /// Texts in JSON.
    public Question(List<Pair> pairs, List<String> texts, byte[] body) {
        this(pairs, texts, body, "", JSON);
    }

    /// One thing.
    public static Question thing(String name, byte[] body, String media) {
        return new Question(List.of(), List.of(), body, name, media);
    }

    /// The question about these pairs.
    public static Question about(List<Pair> pairs, String model) {
        List<String> texts = new ArrayList<>(2 * pairs.size());
        for (Pair pair : pairs) {
            texts.add(pair.first());
            texts.add(pair.second());
        }
        return new Question(
                List.copyOf(pairs), List.copyOf(texts), EmbeddingJson.question(model, texts));
    }

    /// A question whose answer's meaning is not judged.
    public static Question of(List<String> texts, String model) {
        return new Question(List.of(), List.copyOf(texts), EmbeddingJson.question(model, texts));
    }
}
