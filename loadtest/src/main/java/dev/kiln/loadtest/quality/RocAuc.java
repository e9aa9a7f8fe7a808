package dev.kiln.loadtest.quality;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalDouble;

/// The area under the ROC curve: how often a paraphrase scores higher than a pair that is none, ties counted half
/// (Mann–Whitney's U over the number of such comparisons).
///
/// **Threads:** confined to one.
public final class RocAuc {
    /// The least area a miner must reach. MiniLM-L6-v2 reaches 0.98 on these pairs; hashing words, turned around or
    /// not, stays under 0.80 and constant vectors give 0.50.
    public static final double BAR = 0.85;

    private final List<Scored> scored = new ArrayList<>();

    private record Scored(double score, boolean positive) {}

    /// Takes one score.
    ///
    /// @param score any number but NaN; higher means "more likely a paraphrase"
    public void add(double score, boolean positive) {
        if (Double.isNaN(score)) {
            throw new IllegalArgumentException("a score must be a number, was NaN");
        }
        scored.add(new Scored(score, positive));
    }

    /// How many scores were taken.
    public int size() {
        return scored.size();
    }

    /// The area, from 0 to 1; empty while one of the two classes is missing.
    public OptionalDouble area() {
        List<Scored> sorted = new ArrayList<>(scored);
        sorted.sort(Comparator.comparingDouble(Scored::score));
        double rankSum = 0;
        long positives = 0;
        int from = 0;
        while (from < sorted.size()) {
            int to = from;
            int positivesHere = 0;
            while (to < sorted.size() && sorted.get(to).score == sorted.get(from).score) {
                positivesHere += sorted.get(to).positive ? 1 : 0;
                to++;
            }
            double sharedRank = (from + 1 + to) / 2.0;
            rankSum += sharedRank * positivesHere;
            positives += positivesHere;
            from = to;
        }
        long negatives = sorted.size() - positives;
        if (positives == 0 || negatives == 0) {
            return OptionalDouble.empty();
        }
        double u = rankSum - positives * (positives + 1) / 2.0;
        return OptionalDouble.of(u / ((double) positives * negatives));
    }
}
