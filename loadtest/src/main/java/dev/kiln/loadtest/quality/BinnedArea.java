package dev.kiln.loadtest.quality;

import java.util.OptionalDouble;

/// The area under the ROC curve of any number of scores in fixed memory: scores that fall into one bin count as ties,
/// so it is exact for scores that are a bin apart. [RocAuc] is the exact one for few.
///
/// **Threads:** confined to one.
public final class BinnedArea {
    private final double from;
    private final double to;
    private final long[] positives;
    private final long[] negatives;

    /// @param bins between the least and the greatest score; scores outside count as these
    public BinnedArea(double from, double to, int bins) {
        if (!(to > from) || bins < 2) {
            throw new IllegalArgumentException(
                    "needs two bins between two scores, was %d from %s to %s"
                            .formatted(bins, from, to));
        }
        this.from = from;
        this.to = to;
        this.positives = new long[bins];
        this.negatives = new long[bins];
    }

    /// Takes one score; what is no number counts as the worst for its class.
    public void add(double score, boolean positive) {
        double known = Double.isNaN(score) ? (positive ? from : to) : score;
        int bin = (int) ((known - from) / (to - from) * positives.length);
        (positive ? positives : negatives)[Math.clamp(bin, 0, positives.length - 1)]++;
    }

    public long size() {
        long size = 0;
        for (int i = 0; i < positives.length; i++) {
            size += positives[i] + negatives[i];
        }
        return size;
    }

    /// The area, from 0 to 1; empty while one of the two classes is missing.
    public OptionalDouble area() {
        double above = 0;
        long positive = 0;
        long negative = 0;
        for (int i = 0; i < positives.length; i++) {
            above += positives[i] * (negative + negatives[i] / 2.0);
            positive += positives[i];
            negative += negatives[i];
        }
        return positive == 0 || negative == 0
                ? OptionalDouble.empty()
                : OptionalDouble.of(above / ((double) positive * negative));
    }
}
