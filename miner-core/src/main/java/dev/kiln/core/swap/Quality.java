package dev.kiln.core.swap;

import dev.kiln.core.model.ModelInput;
import dev.kiln.core.model.ModelOutput;
import java.util.ArrayList;
import java.util.List;

/// How often two models are right, on samples whose answers are known. Live traffic's are not, so these are other
/// inputs than callers'.
///
/// Of classes, the share of samples whose first label is the true one. Of vectors, the chance that a pair of texts that
/// belong together is nearer than a pair that does not (the area under the ROC curve; its error by DeLong's method).
///
/// **Threads:** any.
public final class Quality {
    private static final double NORMAL_95 = 1.96;

    private final Spread.Sum mine = new Spread.Sum();
    private final Spread.Sum theirs = new Spread.Sum();
    private final Spread.Sum difference = new Spread.Sum();

    // Guarded by this.
    private final List<double[]> together = new ArrayList<>();
    private final List<double[]> apart = new ArrayList<>();

    /// What is known of one sample.
    ///
    /// @param inputs one, or the two texts of a pair
    /// @param label the place of the true label; of a pair 1 if its texts belong together, else 0
    public record Sample(List<ModelInput> inputs, int label) {
        public Sample {
            inputs = List.copyOf(inputs);
        }
    }

    /// What was seen until now.
    ///
    /// @param measure what the numbers are
    /// @param answering of the model that answers
    /// @param difference candidate less answering, on the same samples
    public record Report(String measure, Spread answering, Spread candidate, Spread difference) {}

    /// Takes in what both models gave for one sample.
    void add(Sample sample, List<ModelOutput> answering, List<ModelOutput> candidate) {
        if (sample.inputs().size() == 2) {
            double[] near = {similarity(answering), similarity(candidate)};
            synchronized (this) {
                (sample.label() == 1 ? together : apart).add(near);
            }
            return;
        }
        double my = right(sample, answering);
        double their = right(sample, candidate);
        mine.add(my);
        theirs.add(their);
        difference.add(their - my);
    }

    /// What was seen until now.
    public synchronized Report report() {
        if (together.isEmpty() && apart.isEmpty()) {
            return new Report(
                    "share of labelled samples whose first label is right",
                    mine.spread(),
                    theirs.spread(),
                    difference.spread());
        }
        return new Report(
                "chance that a labelled pair that belongs together is nearer than one that does not",
                area(1, 0),
                area(0, 1),
                area(-1, 1));
    }

    /// The area under the curve of a weighted sum of both models, which is linear in each.
    private Spread area(int ofMine, int ofTheirs) {
        var rows = new Spread.Sum();
        for (double[] one : together) {
            rows.add(
                    apart.stream()
                            .mapToDouble(other -> won(one, other, ofMine, ofTheirs))
                            .average()
                            .orElse(0));
        }
        var columns = new Spread.Sum();
        for (double[] other : apart) {
            columns.add(
                    together.stream()
                            .mapToDouble(one -> won(one, other, ofMine, ofTheirs))
                            .average()
                            .orElse(0));
        }
        double error = NORMAL_95 * Math.sqrt(rows.varianceOfMean() + columns.varianceOfMean());
        return new Spread((long) together.size() + apart.size(), rows.mean(), error);
    }

    private static double won(double[] one, double[] other, int ofMine, int ofTheirs) {
        return ofMine * won(one[0], other[0]) + ofTheirs * won(one[1], other[1]);
    }

    private static double won(double one, double other) {
        return one > other ? 1 : one == other ? 0.5 : 0;
    }

    private static double right(Sample sample, List<ModelOutput> outputs) {
        return Outputs.top(Outputs.numbers(outputs.getFirst())) == sample.label() ? 1 : 0;
    }

    private static double similarity(List<ModelOutput> outputs) {
        return Outputs.cosine(
                Outputs.numbers(outputs.getFirst()), Outputs.numbers(outputs.getLast()));
    }
}
