package dev.kiln.loadtest.compare;

import dev.kiln.loadtest.report.Distributions;
import dev.kiln.loadtest.report.LoadRun;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramIterationValue;
import org.jspecify.annotations.Nullable;

/// What whole histograms say of two runs.
final class Tail {
    private Tail() {}

    /// Where a quantile lies, by the order statistics whose ranks the binomial law names.
    ///
    /// @return an interval whose upper end is absent where too few were counted
    static LoadRun.Interval interval(
            LoadRun.Distribution distribution, double quantile, double confidence) {
        Histogram micros = Distributions.decode(distribution);
        long count = micros.getTotalCount();
        double z = Normal.both(confidence);
        double spread = z * Math.sqrt(count * quantile * (1 - quantile));
        return new LoadRun.Interval(
                ranked(micros, (long) Math.floor(count * quantile - spread)),
                ranked(micros, (long) Math.ceil(count * quantile + spread) + 1));
    }

    private static @Nullable Double ranked(Histogram micros, long rank) {
        long count = micros.getTotalCount();
        return rank < 1 || rank > count
                ? null
                : micros.getValueAtPercentile(100.0 * rank / count) / 1e3;
    }

    /// How often a request after is slower than one before: Mann–Whitney's U over the number of such pairs, ties
    /// counted half. 0.5 means that neither is.
    static double slower(LoadRun.Distribution before, LoadRun.Distribution after) {
        Histogram first = Distributions.decode(before);
        Histogram second = Distributions.decode(after);
        double pairs = 0;
        for (HistogramIterationValue value : second.recordedValues()) {
            long micros = value.getValueIteratedTo();
            double ties = first.getCountAtValue(micros);
            double faster = micros == 0 ? 0 : below(first, micros);
            pairs += value.getCountAddedInThisIterationStep() * (faster + ties / 2);
        }
        double all = (double) first.getTotalCount() * second.getTotalCount();
        return all == 0 ? 0.5 : pairs / all;
    }

    private static long below(Histogram histogram, long micros) {
        long lowest = histogram.lowestEquivalentValue(micros);
        return lowest == 0 ? 0 : histogram.getCountBetweenValues(0, lowest - 1);
    }
}
