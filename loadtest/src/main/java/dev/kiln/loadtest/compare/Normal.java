package dev.kiln.loadtest.compare;

/// The normal distribution.
final class Normal {
    private Normal() {}

    /// How many standard deviations hold this share of everything between minus and plus themselves.
    ///
    /// @param confidence from 0 to 1, both excluded
    static double both(double confidence) {
        return quantile((1 + confidence) / 2);
    }

    /// By bisection: the error stays under 1e-9 for shares between 1e-9 and 1 - 1e-9.
    private static double quantile(double share) {
        double low = -7;
        double high = 7;
        while (high - low > 1e-10) {
            double middle = (low + high) / 2;
            if (below(middle) < share) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return (low + high) / 2;
    }

    /// The share below x: the series x + x³/3 + x⁵/(3·5) + … times the density, plus a half.
    static double below(double x) {
        double term = x;
        double sum = x;
        for (int i = 3; Math.abs(term) > 1e-17 * Math.abs(sum) && i < 500; i += 2) {
            term *= x * x / i;
            sum += term;
        }
        return 0.5 + sum * Math.exp(-x * x / 2) / Math.sqrt(2 * Math.PI);
    }
}
