package dev.kiln.core.swap;

import dev.kiln.core.model.ModelOutput;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// How far two models agree about the same inputs, in the measure that fits what they give.
///
/// **Threads:** any.
public final class Agreement {
    private static final int MOST_TEXTS_PAIRED = 16;
    private static final double SPEECH = 0.5;

    private final Map<String, Spread.Sum> measures = new LinkedHashMap<>();
    private final Correlation similarities = new Correlation();
    private double worst;

    /// Compares one call's outputs, item by item.
    ///
    /// @param mine what the model that answers gave
    /// @param theirs what the candidate gave, same order
    public synchronized void add(List<ModelOutput> mine, List<ModelOutput> theirs) {
        for (int i = 0; i < mine.size(); i++) {
            compare(mine.get(i), theirs.get(i));
        }
        similarities(mine, theirs);
    }

    /// Each measure by its name; means with their error bars.
    public synchronized Map<String, Spread> measures() {
        Map<String, Spread> spreads = new LinkedHashMap<>();
        measures.forEach((name, sum) -> spreads.put(name, sum.spread()));
        if (similarities.count() > 2) {
            spreads.put("similarity_correlation", similarities.spread());
        }
        return spreads;
    }

    /// The largest difference of any one number.
    public synchronized double worst() {
        return worst;
    }

    private void compare(ModelOutput mine, ModelOutput theirs) {
        double[] a = Outputs.numbers(mine);
        double[] b = Outputs.numbers(theirs);
        if (a.length != b.length) {
            measure("same_shape", 0);
            return;
        }
        double largest = 0;
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            double difference = Math.abs(a[i] - b[i]);
            largest = Math.max(largest, difference);
            sum += difference;
        }
        worst = Math.max(worst, largest);
        switch (mine) {
            case ModelOutput.Embedding _ -> measure("cosine", Outputs.cosine(a, b));
            case ModelOutput.Classes _ -> {
                measure("same_top_label", Outputs.top(a) == Outputs.top(b) ? 1 : 0);
                measure("total_variation", sum / 2);
            }
            case ModelOutput.Speech _ -> {
                measure("same_frames", sameFrames(a, b));
                measure("largest_difference", largest);
            }
            case ModelOutput.Tensors _ -> measure("largest_difference", largest);
        }
    }

    /// Whether both think alike of which texts are near each other, which is what vectors are for: two models' own
    /// vectors need not lie in the same space.
    private void similarities(List<ModelOutput> mine, List<ModelOutput> theirs) {
        int size = Math.min(mine.size(), MOST_TEXTS_PAIRED);
        for (int i = 0; i < size; i++) {
            for (int j = 0; j < i; j++) {
                if (mine.get(i) instanceof ModelOutput.Embedding) {
                    similarities.add(between(mine, i, j), between(theirs, i, j));
                }
            }
        }
    }

    private static double between(List<ModelOutput> outputs, int i, int j) {
        return Outputs.cosine(Outputs.numbers(outputs.get(i)), Outputs.numbers(outputs.get(j)));
    }

    private void measure(String name, double value) {
        measures.computeIfAbsent(name, _ -> new Spread.Sum()).add(value);
    }

    private static double sameFrames(double[] a, double[] b) {
        int same = 0;
        for (int i = 0; i < a.length; i++) {
            same += (a[i] > SPEECH) == (b[i] > SPEECH) ? 1 : 0;
        }
        return a.length == 0 ? 1 : (double) same / a.length;
    }

    /// Pearson's correlation of pairs.
    private static final class Correlation {
        private long count;
        private double meanX;
        private double meanY;
        private double xx;
        private double yy;
        private double xy;

        void add(double x, double y) {
            count++;
            double dx = x - meanX;
            double dy = y - meanY;
            meanX += dx / count;
            meanY += dy / count;
            xx += dx * (x - meanX);
            yy += dy * (y - meanY);
            xy += dx * (y - meanY);
        }

        long count() {
            return count;
        }

        Spread spread() {
            double r = xx == 0 || yy == 0 ? 0 : xy / Math.sqrt(xx * yy);
            return new Spread(count, r, 1.96 * (1 - r * r) / Math.sqrt(count - 1.0));
        }
    }
}
