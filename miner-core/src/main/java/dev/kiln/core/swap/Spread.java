package dev.kiln.core.swap;

/// A mean with its error bar.
///
/// @param count numbers seen
/// @param mean 0 where none was
/// @param error half of the 95 % confidence interval of the mean, by the normal approximation; infinite under two
public record Spread(long count, double mean, double error) {
    private static final double NORMAL_95 = 1.96;

    /// Adds up numbers without keeping them.
    ///
    /// **Threads:** one lock, held for a few additions.
    static final class Sum {
        private long count;
        private double mean;
        private double squares;

        synchronized void add(double value) {
            count++;
            double step = value - mean;
            mean += step / count;
            squares += step * (value - mean);
        }

        synchronized Spread spread() {
            return new Spread(count, mean, NORMAL_95 * Math.sqrt(varianceOfMean()));
        }

        synchronized double varianceOfMean() {
            return count < 2 ? Double.POSITIVE_INFINITY : squares / (count - 1) / count;
        }

        synchronized double mean() {
            return mean;
        }

        synchronized long count() {
            return count;
        }
    }
}
