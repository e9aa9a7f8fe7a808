package dev.kiln.loadtest.compare;

import dev.kiln.loadtest.report.LoadRun;

/// An area under the ROC curve and the number of pairs behind it, half of them of each class.
record Area(double area, long scored) {
    /// How much larger the other is: Hanley and McNeil's standard errors. Pairs that were asked again and again count
    /// each time, so it looks surer than it is.
    static LoadRun.Interval interval(Area before, Area after, double confidence) {
        double spread = Normal.both(confidence) * Math.sqrt(before.variance() + after.variance());
        double change = after.area - before.area;
        return new LoadRun.Interval(change - spread, change + spread);
    }

    private double variance() {
        double half = Math.max(1, scored / 2.0);
        double positives = area / (2 - area);
        double negatives = 2 * area * area / (1 + area);
        return (area * (1 - area)
                        + (half - 1) * (positives - area * area)
                        + (half - 1) * (negatives - area * area))
                / (half * half);
    }
}
