package dev.kiln.loadtest.bench;

import dev.kiln.loadtest.quality.Cosine;
import dev.kiln.loadtest.traffic.Arrival;
import dev.kiln.loadtest.traffic.EmbeddingJson;
import dev.kiln.loadtest.traffic.Provenance;
import dev.kiln.loadtest.traffic.Received;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/// Judges answers that may come from several models: proved, and truly from the model that the receipt names.
///
/// Every model answers every text alone first, twice and in different company, which shows how far it strays from
/// itself: a float model hardly at all, a quantised one visibly. An answer must be as near to its model's own vector
/// as that, and must not be the very vector of a model that does not stray.
///
/// **Threads:** confined to one.
final class SwapTally {
    /// Two vectors of a float model for one text are nearer than this, whatever their company.
    private static final double SAME = 0.99999;

    /// How much farther than seen before a model may stray.
    private static final double STRAY = 0.01;

    /// By model, then by text.
    private final Map<String, Map<String, float[]>> references = new HashMap<>();

    /// By model, the least cosine of its two own vectors for a text.
    private final Map<String, Double> steadiness = new HashMap<>();

    private final Map<String, Long> answeredBy = new TreeMap<>();
    private final Map<String, Long> faults = new TreeMap<>();
    private long lost;
    private long refused;
    private long wrongModel;

    /// Takes what a model gives, while no other can answer.
    void learn(Arrival arrival) {
        read(arrival, true);
    }

    void judge(Arrival arrival) {
        read(arrival, false);
    }

    long answered() {
        return answeredBy.values().stream().mapToLong(Long::longValue).sum();
    }

    /// How many were answered by how many models.
    Map<String, Long> answeredBy() {
        return answeredBy;
    }

    long lost() {
        return lost;
    }

    long refused() {
        return refused;
    }

    /// Answers whose receipt names another model than the one whose vector it is, or that are not proved.
    long wrongModel() {
        return wrongModel;
    }

    /// What was not in order, by its words.
    Map<String, Long> faults() {
        return faults;
    }

    private void read(Arrival arrival, boolean learning) {
        switch (arrival.end()) {
            case Arrival.Lost(String cause) -> {
                lost++;
                faults.merge("lost: " + cause, 1L, Long::sum);
            }
            case Arrival.Unsent(String cause) -> {
                lost++;
                faults.merge("never sent: " + cause, 1L, Long::sum);
            }
            case Arrival.Came(Received received) -> {
                if (received.status() != 200) {
                    refused++;
                    String code =
                            EmbeddingJson.refusal(received.body())
                                    .map(EmbeddingJson.Said::code)
                                    .orElse("HTTP " + received.status());
                    faults.merge("refused: " + code, 1L, Long::sum);
                } else {
                    answer(arrival, received, learning);
                }
            }
        }
    }

    private void answer(Arrival arrival, Received received, boolean learning) {
        Provenance provenance = arrival.signed().demand().check(received);
        if (!(provenance instanceof Provenance.Proved(Provenance.Facts facts))) {
            wrongModel++;
            faults.merge("not proved", 1L, Long::sum);
            return;
        }
        try {
            String text = arrival.send().question().texts().getFirst();
            float[] vector = EmbeddingJson.read(received.body()).vectors().getFirst();
            if (learning) {
                learn(facts.sha256(), text, vector);
            } else if (belongs(facts.sha256(), text, vector)) {
                answeredBy.merge(facts.sha256(), 1L, Long::sum);
            } else {
                wrongModel++;
                faults.merge("the vector is another model's", 1L, Long::sum);
            }
        } catch (IOException e) {
            wrongModel++;
            faults.merge("unreadable body", 1L, Long::sum);
        }
    }

    private void learn(String model, String text, float[] vector) {
        float[] first =
                references.computeIfAbsent(model, _ -> new HashMap<>()).putIfAbsent(text, vector);
        if (first != null) {
            steadiness.merge(model, Cosine.between(first, vector), Math::min);
        }
    }

    private boolean belongs(String model, String text, float[] vector) {
        if (cosine(model, text, vector) < Math.min(SAME, steadiness(model)) - STRAY) {
            return false;
        }
        return references.keySet().stream()
                .filter(other -> !other.equals(model) && steadiness(other) > SAME)
                .allMatch(other -> cosine(other, text, vector) < SAME);
    }

    private double steadiness(String model) {
        return steadiness.getOrDefault(model, 0.0);
    }

    private double cosine(String model, String text, float[] vector) {
        float[] own = references.getOrDefault(model, Map.of()).get(text);
        return own == null || own.length != vector.length ? -1 : Cosine.between(own, vector);
    }
}
