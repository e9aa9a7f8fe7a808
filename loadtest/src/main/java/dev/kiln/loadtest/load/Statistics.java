package dev.kiln.loadtest.load;

import dev.kiln.loadtest.report.Figures;
import dev.kiln.loadtest.report.LoadRun;
import java.util.List;

/// How sure a figure is.
final class Statistics {
    /// Of the normal distribution, for 95 % on both sides.
    private static final double Z = 1.96;

    private Statistics() {}

    /// Wilson's 95 % interval of a share.
    static LoadRun.Interval share(long hits, long of) {
        if (of == 0) {
            return new LoadRun.Interval(null, null);
        }
        double p = hits / (double) of;
        double z2 = Z * Z;
        double middle = p + z2 / (2 * of);
        double spread = Z * Math.sqrt(p * (1 - p) / of + z2 / (4.0 * of * of));
        double scale = 1 + z2 / of;
        return new LoadRun.Interval(
                Figures.round(Math.max(0, (middle - spread) / scale), 6),
                Figures.round(Math.min(1, (middle + spread) / scale), 6));
    }

    /// Whether the median latency of seconds rises for sure: the lower end of the 95 % interval of its slope is above
    /// zero, and over the whole time it doubles.
    static boolean grows(List<LoadRun.Second> series) {
        List<LoadRun.Second> asked = series.stream().filter(each -> each.offered() > 0).toList();
        int n = asked.size();
        if (n < 4) {
            return false;
        }
        double meanX = asked.stream().mapToDouble(LoadRun.Second::s).average().orElse(0);
        double meanY = asked.stream().mapToDouble(LoadRun.Second::p50Ms).average().orElse(0);
        double sxx = 0;
        double sxy = 0;
        for (LoadRun.Second each : asked) {
            sxx += (each.s() - meanX) * (each.s() - meanX);
            sxy += (each.s() - meanX) * (each.p50Ms() - meanY);
        }
        double slope = sxy / sxx;
        double residual = 0;
        for (LoadRun.Second each : asked) {
            double miss = each.p50Ms() - meanY - slope * (each.s() - meanX);
            residual += miss * miss;
        }
        double error = Math.sqrt(residual / (n - 2) / sxx);
        double rise = slope * (asked.getLast().s() - asked.getFirst().s());
        return slope - 2.2 * error > 0 && rise > meanY;
    }
}
