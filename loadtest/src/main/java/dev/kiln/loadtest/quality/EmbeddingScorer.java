package dev.kiln.loadtest.quality;

import java.util.List;
import java.util.OptionalDouble;

/// Vectors of texts: labelled pairs by the area under the ROC curve, and the cosine to the unserved model's vectors
/// where they are known. Another model of equal worth on the pairs is still another model.
///
/// **Threads:** confined to one.
public final class EmbeddingScorer implements Scorer {
    /// Least cosine to the reference, if nobody says otherwise. Batching and another processor move single-precision
    /// vectors by less than 1e-5, int8 weights by about 1e-2.
    public static final double REFERENCE_BAR = 0.999;

    /// Finer than any difference that means something.
    private static final int STEPS = 20_000;

    private final BinnedArea area = new BinnedArea(-1, 1, STEPS);
    private long references;
    private double least = 1;
    private double bar = REFERENCE_BAR;
    private double sum;

    @Override
    public void add(Judged judged) {
        switch (judged) {
            case Judged.Likeness(double cosine, boolean paraphrase) -> area.add(cosine, paraphrase);
            case Judged.Reference known -> {
                references++;
                bar = known.bar();
                least = Math.min(least, known.cosine());
                sum += known.cosine();
            }
            default -> throw Scorer.foreign(judged);
        }
    }

    @Override
    public Score score() {
        Score.Measure pairs = Score.Measure.least("ROC AUC", area.area(), RocAuc.BAR);
        if (references == 0) {
            return new Score(List.of(pairs), area.size());
        }
        return new Score(
                List.of(
                        pairs,
                        Score.Measure.least(
                                "least cosine to the reference", OptionalDouble.of(least), bar),
                        Score.Measure.told(
                                "mean cosine to the reference",
                                OptionalDouble.of(sum / references))),
                area.size() + references);
    }
}
