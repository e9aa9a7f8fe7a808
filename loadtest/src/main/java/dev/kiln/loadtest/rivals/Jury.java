package dev.kiln.loadtest.rivals;

import dev.kiln.loadtest.quality.Cosine;
import dev.kiln.loadtest.traffic.Arrival;
import dev.kiln.loadtest.traffic.EmbeddingJson;
import dev.kiln.loadtest.traffic.Provenance;
import dev.kiln.loadtest.traffic.Received;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/// Looks at every answer after the clock has stopped: against the reference's vectors, and where the system is Kiln with
/// signatures, against its receipt.
///
/// **Threads:** confined to one.
final class Jury {
    /// Least cosine between an answer and the reference's vector of its text.
    static final double SAME = 0.999;

    private final boolean receipts;
    private final Map<String, float[]> reference;
    private double leastCosine = 1;
    private long judged;
    private long bad;
    private String flaw = "";

    /// What one request came to.
    enum Outcome {
        /// The right vectors, proved where that is due.
        RIGHT,
        /// A 200 that is not.
        BAD,
        /// Another status.
        REFUSED,
        /// No response.
        NONE
    }

    /// @param receipts whether each answer must carry one
    /// @param reference the vector of each text
    Jury(boolean receipts, Map<String, float[]> reference) {
        this.receipts = receipts;
        this.reference = Map.copyOf(reference);
    }

    Outcome look(Arrival arrival) {
        if (!(arrival.end() instanceof Arrival.Came(Received received))) {
            return Outcome.NONE;
        }
        if (received.status() != 200) {
            return Outcome.REFUSED;
        }
        judged++;
        String wrong = wrong(arrival, received);
        if (wrong.isEmpty()) {
            return Outcome.RIGHT;
        }
        bad++;
        flaw = flaw.isEmpty() ? wrong : flaw;
        return Outcome.BAD;
    }

    /// How many tokens an answer says it was computed from; 0 if it is none, or does not say.
    static long tokens(Arrival arrival) {
        if (!(arrival.end() instanceof Arrival.Came(Received received))
                || received.status() != 200) {
            return 0;
        }
        try {
            return Math.max(0, EmbeddingJson.read(received.body()).tokens());
        } catch (IOException e) {
            return 0;
        }
    }

    private String wrong(Arrival arrival, Received received) {
        if (receipts && !(arrival.signed().demand().check(received) instanceof Provenance.Proved)) {
            return "no receipt that holds";
        }
        try {
            return compare(
                    arrival.send().question().texts(),
                    EmbeddingJson.read(received.body()).vectors());
        } catch (IOException e) {
            return "an unreadable body";
        }
    }

    private String compare(List<String> texts, List<float[]> vectors) {
        if (vectors.size() != texts.size()) {
            return "another number of vectors than texts";
        }
        for (int i = 0; i < texts.size(); i++) {
            float[] known = reference.get(texts.get(i));
            if (known == null) {
                continue;
            }
            if (known.length != vectors.get(i).length) {
                return "another dimension than %d".formatted(known.length);
            }
            double cosine = Cosine.between(known, vectors.get(i));
            leastCosine = Math.min(leastCosine, cosine);
            // Not a number is not the same either.
            if (!(cosine >= SAME)) {
                return "another vector than the reference's";
            }
        }
        return "";
    }

    Result.Quality verdict() {
        return new Result.Quality(leastCosine, judged, bad, flaw);
    }
}
