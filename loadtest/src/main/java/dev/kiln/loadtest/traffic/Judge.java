package dev.kiln.loadtest.traffic;

import dev.kiln.loadtest.quality.Cosine;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Looks at every response after the clock has stopped for it: signature and receipt first, then shape, then content.
///
/// The same text must get the same vector whatever batch it ran in: an answer that strays from the first one seen
/// for its text carries another's vector or none that is worth anything.
///
/// **Threads:** confined to one.
public final class Judge {
    /// Vectors must have length 1 within this.
    public static final double UNIT_TOLERANCE = 1e-3;

    /// Least cosine between two answers to the same text. Batching moves single-precision results by far less.
    public static final double SAME_TEXT = 0.999;

    /// Holds a vector that another text owns: answers of one batch were mixed up.
    public static final String CROSS_TALK = "the vector of another text";

    private final Rules rules;
    private final Map<String, float[]> firstVectors = new HashMap<>();

    /// @param model the name that answers must carry
    /// @param dimension length of every vector; 0 takes any
    public Judge(String model, int dimension) {
        this(new Rules(model, dimension, true, Content.EMBEDDINGS));
    }

    public Judge(Rules rules) {
        this.rules = rules;
    }

    /// What answers are held to.
    ///
    /// @param model the name that they must carry
    /// @param dimension length of every vector; 0 takes any
    /// @param receipts whether an answer to a hotkey must be signed
    public record Rules(String model, int dimension, boolean receipts, Content content) {}

    /// What an answer's body must be.
    public enum Content {
        /// A vector for each text, judged.
        EMBEDDINGS,
        /// Anything: its status alone is judged.
        ANYTHING
    }

    /// Takes this vector, which was asked for alone, as the text's own.
    public void learn(String text, float[] vector) {
        firstVectors.put(text, vector);
    }

    /// What became of one request.
    public Finding judge(Arrival arrival) {
        return switch (arrival.end()) {
            case Arrival.Lost(String cause) -> new Finding.Lost(cause);
            case Arrival.Unsent(String cause) -> new Finding.Unsent(cause);
            case Arrival.Came(Received received) -> judge(arrival, received);
        };
    }

    private Finding judge(Arrival arrival, Received received) {
        Provenance provenance = arrival.signed().demand().check(received);
        boolean answer = received.status() == 200;
        if (provenance instanceof Provenance.Broken(String what)) {
            return new Finding.Unproved(what);
        }
        if (!answer) {
            return new Finding.Refused(received.status(), code(received));
        }
        if (provenance instanceof Provenance.Unsigned && rules.receipts()) {
            return new Finding.Unproved("no signature");
        }
        if (rules.content() == Content.ANYTHING) {
            return new Finding.Good(provenance, EmbeddingJson.Embeddings.NONE);
        }
        try {
            EmbeddingJson.Embeddings embeddings = EmbeddingJson.read(received.body());
            Optional<String> flaw =
                    flaw(arrival.send().question(), embeddings, model(embeddings, provenance));
            return flaw.<Finding>map(Finding.Wrong::new)
                    .orElseGet(() -> new Finding.Good(provenance, embeddings));
        } catch (IOException e) {
            return new Finding.Wrong("unreadable body");
        }
    }

    private static String code(Received received) {
        return EmbeddingJson.refusal(received.body())
                .map(EmbeddingJson.Said::code)
                .orElse("HTTP " + received.status());
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
        boolean unnamed = !rules.receipts() && named.equals(EmbeddingJson.UNNAMED);
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
        if (Math.abs(Cosine.length(vector) - 1) > UNIT_TOLERANCE) {
            return Optional.of("a vector that is not of unit length");
        }
        float[] first = firstVectors.putIfAbsent(text, vector);
        if (first != null
                && (first.length != vector.length || Cosine.between(first, vector) < SAME_TEXT)) {
            return Optional.of(
                    ownedByAnother(vector) ? CROSS_TALK : "another vector for the same text");
        }
        return Optional.empty();
    }

    private boolean ownedByAnother(float[] vector) {
        return firstVectors.values().stream()
                .anyMatch(other ->
                        other.length == vector.length
                                && Cosine.between(other, vector) >= SAME_TEXT);
    }
}
