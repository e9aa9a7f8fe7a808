package dev.kiln.loadtest.traffic;

import dev.kiln.loadtest.quality.Pair;
import java.util.ArrayList;
import java.util.List;

/// One request's body and the labelled pairs it asks about: both sentences of each pair, one after the other.
///
/// @param pairs may be empty where nothing is scored
/// @param body the raw JSON; not copied, not to be changed
@SuppressWarnings("ArrayRecordComponent") // a carrier, never compared
public record Question(List<Pair> pairs, List<String> texts, byte[] body) {
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
