package dev.kiln.loadtest.bench;

import java.util.Collection;
import java.util.stream.DoubleStream;

/// The middle of what was measured, in its own unit; the mean of the two in the middle of an even count, NaN of none.
public final class Median {
    private Median() {}

    public static double of(Collection<Double> values) {
        return of(values.stream().mapToDouble(Double::doubleValue));
    }

    public static double of(DoubleStream values) {
        double[] sorted = values.sorted().toArray();
        if (sorted.length == 0) {
            return Double.NaN;
        }
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
