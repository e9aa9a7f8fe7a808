package dev.kiln.loadtest.traffic;

import dev.kiln.loadtest.quality.Cosine;
import dev.kiln.loadtest.quality.Judged;
import dev.kiln.loadtest.quality.Pair;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Marks vectors of texts.
///
/// The same text must get the same vector whatever batch it ran in: an answer that strays from the first one seen
/// for its text carries another's vector or none that is worth anything.
///
/// **Threads:** confined to one.
public final class VectorMarker implements Marker {
    private final Rules rules;
    private final Map<String, float[]> firstVectors = new HashMap<>();
    private final Set<String> learned = new HashSet<>();

    /// What answers are held to.
    ///
    /// @param model the name that they must carry
    /// @param dimension length of every vector; 0 takes any
    /// @param named whether an answer must name its model
    /// @param sameText least cosine between two answers to the same text
    public record Rules(String model, int dimension, boolean named, double sameText) {}

    public VectorMarker(Rules rules) {
        this.rules = rules;
    }

    /// Takes this vector, which was asked for alone, as the text's own.
    public void learn(String text, float[] vector) {
        firstVectors.put(text, vector);
        learned.add(text);
    }

    @Override
    public Marks mark(Question question, Provenance provenance, byte[] body) throws IOException {
        EmbeddingJson.Embeddings embeddings = EmbeddingJson.read(body);
        Optional<String> flaw = flaw(question, embeddings, model(embeddings, provenance));
        return flaw.map(Marks::flawed)
                .orElseGet(() ->
                        Marks.of(judged(question, embeddings.vectors()), embeddings.vectors()));
    }

    private List<Judged> judged(Question question, List<float[]> vectors) {
        List<Judged> judged = new ArrayList<>();
        for (int i = 0; i < question.pairs().size(); i++) {
            Pair pair = question.pairs().get(i);
            double cosine = Cosine.between(vectors.get(2 * i), vectors.get(2 * i + 1));
            judged.add(new Judged.Likeness(cosine, pair.paraphrase()));
        }
        for (int i = 0; i < vectors.size(); i++) {
            String text = question.texts().get(i);
            float[] alone = firstVectors.get(text);
            if (alone != null && learned.contains(text)) {
                judged.add(new Judged.Reference(vectors.get(i), alone, rules.sameText()));
            }
        }
        return judged;
    }

    /// The model that the body names, or the receipt where the body has no place for it.
    private static String model(EmbeddingJson.Embeddings embeddings, Provenance provenance) {
        return embeddings.model().equals(EmbeddingJson.UNNAMED)
                        && provenance instanceof Provenance.Proved(Provenance.Facts facts)
                ? facts.model()
                : embeddings.model();
    }

    private Optional<String> flaw(
            Question question, EmbeddingJson.Embeddings embeddings, String named) {
        List<float[]> vectors = embeddings.vectors();
        if (vectors.size() != question.texts().size()) {
            return Optional.of("another number of vectors than texts");
        }
        boolean unnamed = !rules.named() && named.equals(EmbeddingJson.UNNAMED);
        if (!named.equals(rules.model()) && !unnamed) {
            return Optional.of("another model's name");
        }
        for (int i = 0; i < vectors.size(); i++) {
            Optional<String> flaw = flaw(question.texts().get(i), vectors.get(i));
            if (flaw.isPresent()) {
                return flaw;
            }
        }
        return Optional.empty();
    }

    private Optional<String> flaw(String text, float[] vector) {
        if (vector.length == 0 || (rules.dimension() != 0 && vector.length != rules.dimension())) {
            return Optional.of("another dimension than %d".formatted(rules.dimension()));
        }
        for (float x : vector) {
            if (!Float.isFinite(x)) {
                return Optional.of("a number that is not finite");
            }
        }
        if (Math.abs(Cosine.length(vector) - 1) > Judge.UNIT_TOLERANCE) {
            return Optional.of("a vector that is not of unit length");
        }
        float[] first = firstVectors.putIfAbsent(text, vector);
        if (first != null
                && (first.length != vector.length
                        || Cosine.between(first, vector) < rules.sameText())) {
            return Optional.of(
                    ownedByAnother(vector) ? Judge.CROSS_TALK : "another vector for the same text");
        }
        return Optional.empty();
    }

    private boolean ownedByAnother(float[] vector) {
        return firstVectors.values().stream()
                .anyMatch(other ->
                        other.length == vector.length
                                && Cosine.between(other, vector) >= rules.sameText());
    }
}
