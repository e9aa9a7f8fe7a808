package dev.kiln.loadtest.load;

import dev.kiln.loadtest.report.Figures;
import dev.kiln.loadtest.report.LoadRun;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Whether a server's memory grows: slopes with their intervals.
///
/// Seconds resemble their neighbours, so single ones would look surer than they are. The line goes through the means of
/// equal stretches, and the interval is widened by what neighbouring stretches still have in common.
final class Trends {
    private static final int STRETCHES = 30;

    /// Fewer seconds say nothing of a slope.
    private static final int FEWEST = 30;

    private static final String ZERO = "not distinguishable from zero";

    private Trends() {}

    /// Of every quantity that was told often enough.
    static @Nullable List<LoadRun.Trend> of(List<LoadRun.Sample> samples) {
        List<LoadRun.Trend> trends = new ArrayList<>();
        add(trends, "resident", samples, LoadRun.Sample::memoryMb);
        add(trends, "heap", samples, LoadRun.Sample::heapMb);
        add(trends, "native", samples, LoadRun.Sample::nativeMb);
        return trends.isEmpty() ? null : List.copyOf(trends);
    }

    private static void add(
            List<LoadRun.Trend> to,
            String name,
            List<LoadRun.Sample> samples,
            Function<LoadRun.Sample, @Nullable Double> quantity) {
        List<double[]> points = new ArrayList<>();
        for (int s = 0; s < samples.size(); s++) {
            Double value = quantity.apply(samples.get(s));
            if (value != null && Double.isFinite(value)) {
                points.add(new double[] {s, value});
            }
        }
        if (points.size() >= FEWEST) {
            to.add(trend(name, stretches(points)));
        }
    }

    /// Mean moment and mean value of each.
    private static List<double[]> stretches(List<double[]> points) {
        int count = Math.min(STRETCHES, points.size() / 3);
        List<double[]> means = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            List<double[]> here =
                    points.subList(i * points.size() / count, (i + 1) * points.size() / count);
            means.add(
                    new double[] {
                        here.stream().mapToDouble(each -> each[0]).average().orElse(0),
                        here.stream().mapToDouble(each -> each[1]).average().orElse(0)
                    });
        }
        return means;
    }

    private static LoadRun.Trend trend(String name, List<double[]> points) {
        int n = points.size();
        double meanX = points.stream().mapToDouble(each -> each[0]).average().orElse(0);
        double meanY = points.stream().mapToDouble(each -> each[1]).average().orElse(0);
        double sxx = 0;
        double sxy = 0;
        for (double[] each : points) {
            sxx += (each[0] - meanX) * (each[0] - meanX);
            sxy += (each[0] - meanX) * (each[1] - meanY);
        }
        double slope = sxy / sxx;
        double[] residuals = new double[n];
        double squares = 0;
        double neighbours = 0;
        for (int i = 0; i < n; i++) {
            double[] each = points.get(i);
            residuals[i] = each[1] - meanY - slope * (each[0] - meanX);
            squares += residuals[i] * residuals[i];
            neighbours += i == 0 ? 0 : residuals[i] * residuals[i - 1];
        }
        double common = squares == 0 ? 0 : Math.clamp(neighbours / squares, 0, 0.9);
        double widened = Math.sqrt((1 + common) / (1 - common));
        // Student's t at 97.5 %, within 2 % from 8 stretches on.
        double t = 1.96 + 2.6 / (n - 2);
        double margin = t * widened * Math.sqrt(squares / (n - 2) / sxx);
        return new LoadRun.Trend(
                name,
                Figures.round(meanY + slope * (points.getFirst()[0] - meanX), 3),
                Figures.round(meanY + slope * (points.getLast()[0] - meanX), 3),
                hourly(slope),
                new LoadRun.Interval(hourly(slope - margin), hourly(slope + margin)),
                slope - margin > 0 ? "grows" : slope + margin < 0 ? "shrinks" : ZERO);
    }

    private static double hourly(double perSecond) {
        return Figures.round(perSecond * 3600, 3);
    }

    /// As a line of text.
    static String words(LoadRun.Trend trend) {
        return String.format(
                Locale.ROOT,
                "%s %.1f → %.1f MB, %+.2f MB/h (95 %%: %+.2f to %+.2f): %s",
                trend.name(),
                trend.fromMb(),
                trend.toMb(),
                trend.mbPerHour(),
                trend.interval().low(),
                trend.interval().high(),
                trend.word());
    }
}
