package dev.kiln.loadtest.report;

/// Numbers fit for a report.
public final class Figures {
    private Figures() {}

    /// So many digits after the point; what is no number becomes 0.
    public static double round(double value, int digits) {
        if (!Double.isFinite(value)) {
            return 0;
        }
        double scale = Math.pow(10, digits);
        return Math.rint(value * scale) / scale;
    }
}
