package dev.kiln.loadtest.compare;

import dev.kiln.loadtest.report.LoadRun;

/// Counted shares, such as lost of offered.
///
/// @param of how many there were in all
record Shares(long count, long of) {
    double share() {
        return of == 0 ? 0 : (double) count / of;
    }

    /// How much higher the other's share is: Newcombe's interval, made of Wilson's two, which holds for none and for
    /// few as well.
    LoadRun.Interval to(Shares after, double confidence) {
        double z = Normal.both(confidence);
        double change = after.share() - share();
        double low = change - Math.hypot(after.share() - after.end(-z), end(z) - share());
        double high = change + Math.hypot(after.end(z) - after.share(), share() - end(-z));
        return new LoadRun.Interval(low, high);
    }

    /// One end of Wilson's interval.
    private double end(double z) {
        if (of == 0) {
            return z < 0 ? 0 : 1;
        }
        double p = share();
        double middle = p + z * z / (2 * of);
        double spread = z * Math.sqrt(p * (1 - p) / of + z * z / (4.0 * of * of));
        return Math.clamp((middle + spread) / (1 + z * z / of), 0, 1);
    }
}
