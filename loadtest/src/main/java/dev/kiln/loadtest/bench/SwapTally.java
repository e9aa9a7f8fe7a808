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

/// Judges answers that may come from several models: proved, and truly from the model that the receipt names. A
/// vector belongs to the model whose own vector of the same text is nearest.
///
/// **Threads:** confined to one.
final class SwapTally {
    /// By model, then by text.
    private final Map<String, Map<String, float[]>> references = new HashMap<>();

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
                references.computeIfAbsent(facts.sha256(), _ -> new HashMap<>()).put(text, vector);
            } else if (nearest(text, vector).equals(facts.sha256())) {
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

    private String nearest(String text, float[] vector) {
        String nearest = "";
        double best = -2;
        for (Map.Entry<String, Map<String, float[]>> model : references.entrySet()) {
            float[] own = model.getValue().get(text);
            if (own != null && own.length == vector.length) {
                double cosine = Cosine.between(own, vector);
                if (cosine > best) {
                    best = cosine;
                    nearest = model.getKey();
                }
            }
        }
        return nearest;
    }
}
