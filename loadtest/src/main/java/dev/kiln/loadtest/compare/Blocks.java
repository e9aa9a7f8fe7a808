package dev.kiln.loadtest.compare;

import dev.kiln.loadtest.report.LoadRun;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.DoubleBinaryOperator;
import java.util.function.ToDoubleFunction;

/// Circular block bootstrap over the seconds of two runs. Neighbouring seconds resemble each other (a pause, a queue
/// that drains), so blocks of them are drawn, each as long as the cube root of the run; single requests would look
/// far more certain than they are.
final class Blocks {
    /// Shorter runs are too few seconds to draw from.
    static final int FEWEST = 10;

    /// Fixed, so that the same two files always give the same words.
    private static final long SEED = 20_261_121;

    private static final int DRAWS = 10_000;
    private static final long MOST_WORK = 100_000_000;

    private Blocks() {}

    /// Whether both runs are long enough.
    static boolean enough(List<LoadRun.Second> before, List<LoadRun.Second> after) {
        return Math.min(before.size(), after.size()) >= FEWEST;
    }

    /// Where the change of a figure lies. Draws of which it cannot be told are left out; where these are most, so are
    /// the ends.
    ///
    /// @param figure of any choice of seconds
    /// @param change of the figure before and after
    static LoadRun.Interval interval(
            Sides sides,
            ToDoubleFunction<List<LoadRun.Second>> figure,
            DoubleBinaryOperator change,
            double confidence) {
        var random = new SplittableRandom(SEED);
        long size = sides.before().size() + (long) sides.after().size();
        double[] changes = new double[Math.clamp(MOST_WORK / size, 1_000, DRAWS)];
        for (int i = 0; i < changes.length; i++) {
            changes[i] =
                    change.applyAsDouble(
                            figure.applyAsDouble(draw(sides.before(), random)),
                            figure.applyAsDouble(draw(sides.after(), random)));
        }
        double[] known = Arrays.stream(changes).filter(Double::isFinite).sorted().toArray();
        if (known.length < changes.length / 2) {
            return new LoadRun.Interval(null, null);
        }
        double tail = (1 - confidence) / 2;
        return new LoadRun.Interval(at(known, tail), at(known, 1 - tail));
    }

    /// The seconds of two runs.
    record Sides(List<LoadRun.Second> before, List<LoadRun.Second> after) {}

    private static double at(double[] sorted, double share) {
        return sorted[Math.clamp(Math.round(share * (sorted.length - 1)), 0, sorted.length - 1)];
    }

    private static List<LoadRun.Second> draw(
            List<LoadRun.Second> seconds, SplittableRandom random) {
        int size = seconds.size();
        int block = (int) Math.max(2, Math.round(Math.cbrt(size)));
        var drawn = new LoadRun.Second[size];
        for (int i = 0; i < size; ) {
            int from = random.nextInt(size);
            for (int j = 0; j < block && i < size; j++) {
                drawn[i++] = seconds.get((from + j) % size);
            }
        }
        return Arrays.asList(drawn);
    }
}
