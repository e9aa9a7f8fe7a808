package dev.kiln.loadtest.quality;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Detects answers that changed places in a batch. Each canary was asked alone first; under load its answer must be
/// its own again, and an answer that is another canary's was mixed up.
///
/// Answers are compared by their largest difference in any number, which suits vectors, probabilities and tensors.
///
/// **Threads:** confined to one.
public final class Canaries {
    private final double tolerance;
    private final Map<String, float[]> alone = new LinkedHashMap<>();
    private long checked;
    private long swapped;
    private long strayed;

    /// @param tolerance largest difference of any number that batching alone may bring
    public Canaries(double tolerance) {
        if (!(tolerance >= 0)) {
            throw new IllegalArgumentException("the tolerance must not be negative: " + tolerance);
        }
        this.tolerance = tolerance;
    }

    /// Where an answer came from.
    public sealed interface Origin {
        /// It is this canary's own.
        record Own() implements Origin {}

        /// It is another canary's.
        record Another(String key) implements Origin {}

        /// It is none that is known.
        ///
        /// @param off largest difference to its own
        record Unknown(double off) implements Origin {}
    }

    /// Takes the answer to an input that was asked alone.
    public void learn(String key, float[] answer) {
        alone.put(key, answer.clone());
    }

    /// Pairs of canaries whose answers alone are too alike to tell a swap between them: choose others.
    public List<String> blind() {
        List<String> blind = new ArrayList<>();
        List<Map.Entry<String, float[]>> all = List.copyOf(alone.entrySet());
        for (int i = 0; i < all.size(); i++) {
            for (int j = i + 1; j < all.size(); j++) {
                if (off(all.get(i).getValue(), all.get(j).getValue()) <= 2 * tolerance) {
                    blind.add(all.get(i).getKey() + " and " + all.get(j).getKey());
                }
            }
        }
        return blind;
    }

    /// Says whose answer this is.
    ///
    /// @return empty for an input that was never asked alone
    public Optional<Origin> check(String key, float[] answer) {
        float[] own = alone.get(key);
        if (own == null) {
            return Optional.empty();
        }
        checked++;
        double off = off(answer, own);
        if (off <= tolerance) {
            return Optional.of(new Origin.Own());
        }
        for (Map.Entry<String, float[]> other : alone.entrySet()) {
            if (off(answer, other.getValue()) <= tolerance) {
                swapped++;
                return Optional.of(new Origin.Another(other.getKey()));
            }
        }
        strayed++;
        return Optional.of(new Origin.Unknown(off));
    }

    /// Answers looked at.
    public long checked() {
        return checked;
    }

    /// Answers that were another's.
    public long swapped() {
        return swapped;
    }

    /// Answers that were nobody's.
    public long strayed() {
        return strayed;
    }

    private static double off(float[] a, float[] b) {
        if (a.length != b.length) {
            return Double.POSITIVE_INFINITY;
        }
        double most = 0;
        for (int i = 0; i < a.length; i++) {
            double off = Math.abs((double) a[i] - b[i]);
            most = Double.isNaN(off) ? Double.POSITIVE_INFINITY : Math.max(most, off);
        }
        return most;
    }
}
