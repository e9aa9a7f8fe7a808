package dev.kiln.loadtest.page;

import dev.kiln.loadtest.report.Distributions;
import dev.kiln.loadtest.report.LoadRun;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/// The percentile spectrum, whole: each step to the right leaves a tenth of the answers above.
final class SpectrumPlot {
    private static final double[] PERCENTILES = {50, 75, 90, 95, 99, 99.5, 99.9, 99.99, 100};

    /// The curve starts here: the single fastest answer would stretch the axis.
    private static final double LEAST = 0.05;

    /// A share that fewer answers than this lie above is a guess.
    private static final double FEW = 10;

    private SpectrumPlot() {}

    static Plot of(LoadRun run, Optional<LoadRun> earlier) {
        LoadRun.Timing latency = run.latency();
        List<Plot.Series> series = new ArrayList<>();
        earlier.ifPresent(before ->
                series.add(curve("earlier run", "muted", "dashed", before.latency().corrected())));
        series.add(curve("from the moment of sending", "second", "dashed", latency.uncorrected()));
        series.add(curve("from the intended moment", "first", "line", latency.corrected()));
        List<Plot.Mark> marks = new ArrayList<>();
        Deadline.mark(run, latency.corrected().maxMs()).ifPresent(marks::add);
        long count = latency.corrected().count();
        if (count > FEW) {
            marks.add(new Plot.Mark("x", count / FEW, "fewer than 10 answers above", "muted"));
        }
        return new Plot(
                "spectrum",
                "Latency spectrum",
                "How many answers took no longer than a time. Both axes are logarithmic; losses count as their whole patience, refusals are not in it."
                        + Deadline.sentence(run, latency.corrected().maxMs()),
                "large",
                Plot.Drawing.curves(
                        new Plot.Axis("percentile", "share of answers at most this slow", null),
                        Plot.Axis.log("latency, ms"),
                        series,
                        marks),
                table(latency));
    }

    private static Plot.Series curve(
            String name, String color, String shape, LoadRun.Distribution distribution) {
        double end = Math.max(2, 2.0 * distribution.count());
        List<Double> x = new ArrayList<>();
        List<@Nullable Double> y = new ArrayList<>();
        for (Distributions.Point point : Distributions.spectrum(distribution)) {
            if (point.share() < LEAST) {
                continue;
            }
            x.add(Math.min(end, point.share() < 1 ? 1 / (1 - point.share()) : end));
            y.add(point.millis());
        }
        return new Plot.Series(name, color, shape, x, y);
    }

    private static Table table(LoadRun.Timing latency) {
        Histogram corrected = Distributions.decode(latency.corrected());
        Histogram uncorrected = Distributions.decode(latency.uncorrected());
        Table table =
                Table.of(
                        "Percentiles",
                        List.of("percentile", "from the intended moment", "from the sending"));
        for (double percentile : PERCENTILES) {
            table =
                    table.row(
                            percentile == 100 ? "longest" : "p" + Say.digits(percentile, 4),
                            Say.millis(at(corrected, percentile)),
                            Say.millis(at(uncorrected, percentile)));
        }
        return table;
    }

    private static @Nullable Double at(Histogram micros, double percentile) {
        return micros.getTotalCount() == 0 ? null : micros.getValueAtPercentile(percentile) / 1e3;
    }
}
