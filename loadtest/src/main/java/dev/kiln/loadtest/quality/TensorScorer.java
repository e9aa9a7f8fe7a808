package dev.kiln.loadtest.quality;

import java.util.List;
import java.util.OptionalDouble;

/// Numbers beside golden ones: each must lie within an absolute and a relative tolerance, as `numpy.allclose` has it.
/// One number outside makes its whole tensor wrong, and every tensor must be right.
///
/// **Threads:** confined to one.
public final class TensorScorer implements Scorer {
    private final Tolerance tolerance;
    private long scored;
    private long right;
    private double worst;

    /// How far a number may be off.
    ///
    /// @param absolute added to the relative one
    /// @param relative share of the golden number's size
    public record Tolerance(double absolute, double relative) {
        /// Another order of additions, as batching brings it, moves single-precision results by less.
        public static final Tolerance FLOAT32 = new Tolerance(1e-4, 1e-3);

        /// How many times the tolerance the worst number is off; infinite for another shape or what is no number.
        double excess(float[] values, float[] golden) {
            if (values.length != golden.length) {
                return Double.POSITIVE_INFINITY;
            }
            double most = 0;
            for (int i = 0; i < golden.length; i++) {
                double off = Math.abs((double) values[i] - golden[i]);
                double allowed = absolute + relative * Math.abs(golden[i]);
                boolean same = Float.compare(values[i], golden[i]) == 0;
                most =
                        Math.max(
                                most,
                                same
                                        ? 0
                                        : Double.isNaN(off)
                                                ? Double.POSITIVE_INFINITY
                                                : off / allowed);
            }
            return most;
        }
    }

    public TensorScorer(Tolerance tolerance) {
        this.tolerance = tolerance;
    }

    @Override
    public void add(Judged judged) {
        if (!(judged instanceof Judged.Compared(float[] values, float[] golden))) {
            throw Scorer.foreign(judged);
        }
        double excess = tolerance.excess(values, golden);
        scored++;
        right += excess <= 1 ? 1 : 0;
        worst = Math.max(worst, excess);
    }

    @Override
    public Score score() {
        boolean none = scored == 0;
        return new Score(
                List.of(
                        Score.Measure.least(
                                "share within the golden tolerance",
                                none
                                        ? OptionalDouble.empty()
                                        : OptionalDouble.of((double) right / scored),
                                1),
                        Score.Measure.told(
                                "worst error in tolerances",
                                none ? OptionalDouble.empty() : OptionalDouble.of(worst))),
                scored);
    }
}
