package dev.kiln.loadtest.report;

import dev.kiln.loadtest.traffic.Latencies;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.zip.DataFormatException;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/// Histograms on their way into a report and out of it.
public final class Distributions {
    /// Of the normal distribution, for 95 % on both sides.
    private static final double Z = 1.96;

    private static final double TAIL = 0.99;

    private Distributions() {}

    /// A histogram as a report carries it.
    public static LoadRun.Distribution of(Latencies latencies) {
        Histogram micros = latencies.copy();
        long count = micros.getTotalCount();
        return new LoadRun.Distribution(
                count,
                count == 0 ? 0 : Figures.round(micros.getMean() / 1e3, 3),
                at(micros, 50),
                at(micros, 90),
                at(micros, 99),
                at(micros, 99.9),
                count == 0 ? 0 : micros.getMaxValue() / 1e3,
                interval(micros, TAIL),
                encode(micros));
    }

    /// The histogram behind a report's, in microseconds.
    ///
    /// @throws IllegalArgumentException if its text is none
    public static Histogram decode(LoadRun.Distribution distribution) {
        try {
            return Histogram.decodeFromCompressedByteBuffer(
                    ByteBuffer.wrap(Base64.getDecoder().decode(distribution.hdr())), 1);
        } catch (DataFormatException e) {
            throw new IllegalArgumentException("the key \"hdr\" holds no histogram", e);
        }
    }

    /// One point of a percentile spectrum.
    ///
    /// @param share of all that took no longer, from 0 to 1
    public record Point(double share, double millis) {}

    /// The whole spectrum, five steps to each halving of what is left above.
    public static List<Point> spectrum(LoadRun.Distribution distribution) {
        List<Point> points = new ArrayList<>();
        Histogram micros = decode(distribution);
        if (micros.getTotalCount() > 0) {
            micros.percentiles(5)
                    .forEach(value ->
                            points.add(
                                    new Point(
                                            value.getPercentileLevelIteratedTo() / 100,
                                            value.getValueIteratedTo() / 1e3)));
        }
        return points;
    }

    /// Where a quantile lies with 95 % confidence, whatever the distribution: the order statistics whose ranks the
    /// binomial law names. An end that lies outside of what was seen is absent.
    static LoadRun.Interval interval(Histogram micros, double quantile) {
        long count = micros.getTotalCount();
        double spread = Z * Math.sqrt(count * quantile * (1 - quantile));
        long low = (long) Math.floor(count * quantile - spread);
        long high = (long) Math.ceil(count * quantile + spread) + 1;
        return new LoadRun.Interval(ranked(micros, low), ranked(micros, high));
    }

    private static @Nullable Double ranked(Histogram micros, long rank) {
        long count = micros.getTotalCount();
        return rank < 1 || rank > count
                ? null
                : micros.getValueAtPercentile(100.0 * rank / count) / 1e3;
    }

    private static double at(Histogram micros, double percentile) {
        return micros.getTotalCount() == 0 ? 0 : micros.getValueAtPercentile(percentile) / 1e3;
    }

    private static String encode(Histogram micros) {
        ByteBuffer buffer = ByteBuffer.allocate(micros.getNeededByteBufferCapacity());
        int length = micros.encodeIntoCompressedByteBuffer(buffer);
        return Base64.getEncoder().encodeToString(Arrays.copyOf(buffer.array(), length));
    }
}
