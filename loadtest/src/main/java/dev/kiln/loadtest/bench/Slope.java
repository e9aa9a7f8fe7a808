package dev.kiln.loadtest.bench;

import java.util.ArrayList;
import java.util.List;

/// How fast something grows, and how sure that is.
///
/// Seconds resemble their neighbours, so the line goes through the means of equal stretches, and the interval is widened
/// by what neighbouring stretches still have in common.
///
/// @param perHour of the quantity's own unit
/// @param low of the 95 % interval, per hour
/// @param high of it
public record Slope(double perHour, double low, double high) {
    private static final int STRETCHES = 30;

    /// Fewer stretches say nothing of a slope.
    private static final int FEWEST = 8;

    private static final int SECONDS = 3600;

    /// One look.
    public record Point(double second, double value) {}

    /// The words for a reader.
    public String word() {
        return low > 0 ? "grows" : high < 0 ? "shrinks" : "not distinguishable from zero";
    }

    /// Of looks in their order.
    ///
    /// @throws IllegalArgumentException if there are fewer than 24
    public static Slope of(List<Point> points) {
        int count = Math.min(STRETCHES, points.size() / 3);
        if (count < FEWEST) {
            throw new IllegalArgumentException(
                    "a slope needs at least %d looks, was %d".formatted(3 * FEWEST, points.size()));
        }
        List<Point> means = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            List<Point> here =
                    points.subList(i * points.size() / count, (i + 1) * points.size() / count);
            means.add(
                    new Point(
                            here.stream().mapToDouble(Point::second).average().orElse(0),
                            here.stream().mapToDouble(Point::value).average().orElse(0)));
        }
        return line(means);
    }

    private static Slope line(List<Point> points) {
        int n = points.size();
        double meanX = points.stream().mapToDouble(Point::second).average().orElse(0);
        double meanY = points.stream().mapToDouble(Point::value).average().orElse(0);
        double sxx = 0;
        double sxy = 0;
        for (Point each : points) {
            sxx += (each.second() - meanX) * (each.second() - meanX);
            sxy += (each.second() - meanX) * (each.value() - meanY);
        }
        double slope = sxy / sxx;
        double squares = 0;
        double neighbours = 0;
        double before = 0;
        for (Point each : points) {
            double rest = each.value() - meanY - slope * (each.second() - meanX);
            squares += rest * rest;
            neighbours += rest * before;
            before = rest;
        }
        double common = squares == 0 ? 0 : Math.clamp(neighbours / squares, 0, 0.9);
        double widened = Math.sqrt((1 + common) / (1 - common));
        // Student's t at 97.5 %, within 2 % from 8 stretches on.
        double t = 1.96 + 2.6 / (n - 2);
        double margin = t * widened * Math.sqrt(squares / (n - 2) / sxx);
        return new Slope(slope * SECONDS, (slope - margin) * SECONDS, (slope + margin) * SECONDS);
    }
}
