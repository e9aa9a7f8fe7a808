package dev.kiln.loadtest.quality;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;

/// Labels with probabilities: Matthews' correlation over all labels says whether the labels are right, the Brier score
/// whether the probabilities are honest. A constant answer gets a correlation of 0, whatever the labels' shares are;
/// a boastful one pays in the Brier score.
///
/// **Threads:** confined to one.
public final class ClassScorer implements Scorer {
    private static final int BINS = 10;

    /// Probabilities of one answer add up to 1 within this.
    private static final double SUM_TOLERANCE = 1e-2;

    private final long[][] confusion;
    private final Bars bars;
    private final long[] counts = new long[BINS];
    private final double[] confidence = new double[BINS];
    private final long[] right = new long[BINS];
    private double brier;
    private long scored;

    /// What passes.
    ///
    /// @param correlation least MCC, from -1 to 1
    /// @param brier most mean squared distance of all probabilities to the truth, from 0 to 2
    public record Bars(double correlation, double brier) {
        /// Glyphs and shapes of fresh seeds: the shipped classifier must know 97 of 100.
        public static final Bars IMAGES = new Bars(0.95, 0.10);

        /// Files of known types, short ones among them.
        public static final Bars FILES = new Bars(0.85, 0.30);
    }

    /// @param labels at least 2
    public ClassScorer(int labels, Bars bars) {
        if (labels < 2) {
            throw new IllegalArgumentException("needs at least 2 labels, was " + labels);
        }
        this.confusion = new long[labels][labels];
        this.bars = bars;
    }

    @Override
    public void add(Judged judged) {
        if (!(judged instanceof Judged.Classified answer)) {
            throw Scorer.foreign(judged);
        }
        float[] probabilities = answer.probabilities();
        int label = answer.label();
        if (label < 0 || label >= confusion.length) {
            throw new IllegalArgumentException(
                    "the true label must be under %d, was %d".formatted(confusion.length, label));
        }
        scored++;
        if (!isDistribution(probabilities)) {
            // No answer: wrong with full confidence.
            confusion[label][label == 0 ? 1 : 0]++;
            bin(1, false);
            brier += 2;
            return;
        }
        int chosen = answer.chosen();
        for (int i = 0; i < probabilities.length; i++) {
            double miss = probabilities[i] - (i == label ? 1 : 0);
            brier += miss * miss;
        }
        confusion[label][chosen]++;
        bin(probabilities[chosen], chosen == label);
    }

    private boolean isDistribution(float[] probabilities) {
        double sum = 0;
        for (float p : probabilities) {
            if (!(p >= 0 && p <= 1 + SUM_TOLERANCE)) {
                return false;
            }
            sum += p;
        }
        return probabilities.length == confusion.length && Math.abs(sum - 1) <= SUM_TOLERANCE;
    }

    private void bin(double sure, boolean hit) {
        int bin = Math.clamp((int) (sure * BINS), 0, BINS - 1);
        counts[bin]++;
        confidence[bin] += sure;
        right[bin] += hit ? 1 : 0;
    }

    /// The reliability diagram; bins that nothing fell into are left out.
    public List<Score.Bin> reliability() {
        List<Score.Bin> bins = new ArrayList<>();
        for (int i = 0; i < BINS; i++) {
            if (counts[i] > 0) {
                bins.add(
                        new Score.Bin(
                                (double) i / BINS,
                                (i + 1.0) / BINS,
                                counts[i],
                                confidence[i] / counts[i],
                                (double) right[i] / counts[i]));
            }
        }
        return bins;
    }

    @Override
    public Score score() {
        return new Score(
                List.of(
                        Score.Measure.least("MCC", correlation(), bars.correlation()),
                        Score.Measure.most("Brier score", mean(brier), bars.brier()),
                        Score.Measure.told("expected calibration error", calibrationError()),
                        Score.Measure.told("accuracy", mean(hits()))),
                scored,
                reliability());
    }

    private double hits() {
        long hits = 0;
        for (int i = 0; i < confusion.length; i++) {
            hits += confusion[i][i];
        }
        return hits;
    }

    private OptionalDouble mean(double sum) {
        return scored == 0 ? OptionalDouble.empty() : OptionalDouble.of(sum / scored);
    }

    private OptionalDouble calibrationError() {
        double error = 0;
        for (Score.Bin bin : reliability()) {
            error += bin.count() * Math.abs(bin.confidence() - bin.accuracy());
        }
        return mean(error);
    }

    /// Gorodkin's generalisation of Matthews' correlation to any number of labels; 0 where all answers or all truths
    /// are one label.
    private OptionalDouble correlation() {
        if (scored == 0) {
            return OptionalDouble.empty();
        }
        double products = 0;
        double truths = 0;
        double answers = 0;
        for (int label = 0; label < confusion.length; label++) {
            double truth = 0;
            double answer = 0;
            for (int other = 0; other < confusion.length; other++) {
                truth += confusion[label][other];
                answer += confusion[other][label];
            }
            products += truth * answer;
            truths += truth * truth;
            answers += answer * answer;
        }
        double all = (double) scored * scored;
        double below = Math.sqrt((all - truths) * (all - answers));
        return OptionalDouble.of(below == 0 ? 0 : (hits() * scored - products) / below);
    }
}
