package dev.kiln.loadtest.rivals;

import java.util.ArrayList;
import java.util.List;

/// Tells when a server has warmed up: the rates of three windows in a row agree within a twentieth, or it has had its time.
///
/// **Threads:** confined to one.
final class SteadyRate {
    /// The rule in words.
    static final String RULE =
            "warm-up with one-sentence questions in windows of 1 s until the rates of three in a row agree within 5 %";

    private static final int WINDOWS = 3;

    /// Compilers and caches begin late: agreement before this is chance.
    private static final int FEWEST = 6;

    private static final double WITHIN = 0.05;

    private final int most;
    private final List<Double> rates = new ArrayList<>();

    /// @param most windows, however they differ
    SteadyRate(int most) {
        this.most = most;
    }

    void add(double rate) {
        rates.add(rate);
    }

    boolean reached() {
        if (rates.size() >= most) {
            return true;
        }
        if (rates.size() < Math.min(FEWEST, most)) {
            return false;
        }
        double[] last =
                rates.subList(Math.max(0, rates.size() - WINDOWS), rates.size()).stream()
                        .mapToDouble(Double::doubleValue)
                        .sorted()
                        .toArray();
        return last[last.length - 1] > 0
                && last[last.length - 1] - last[0] <= WITHIN * last[last.length - 1];
    }
}
