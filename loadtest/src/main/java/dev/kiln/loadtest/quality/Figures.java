package dev.kiln.loadtest.quality;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Glyphs and shapes as signed distances in the square from -1 to 1, y downwards: those that `models/train/raster.py`
/// draws, under the same names.
final class Figures {
    private Figures() {}

    /// How far a point is outside of a figure; below 0 inside.
    @FunctionalInterface
    interface Figure {
        /// The signed distance.
        ///
        /// @param w half a stroke's width
        double at(double x, double y, double w);
    }

    /// By label.
    static final Map<String, Figure> ALL = all();

    private static Map<String, Figure> all() {
        Map<String, Figure> all = new LinkedHashMap<>();
        all.put("circle", disc(0, 0, 0.8));
        all.put("ring", (x, y, w) -> Math.abs(Math.hypot(x, y) - 0.7) - w);
        all.put("triangle", polygon(0, -0.85, 0.85, 0.7, -0.85, 0.7));
        all.put("square", polygon(-0.75, -0.75, 0.75, -0.75, 0.75, 0.75, -0.75, 0.75));
        all.put("star", star());
        all.put("plus", union(line(-0.75, 0, 0.75, 0), line(0, -0.75, 0, 0.75)));
        all.put("arrow", union(line(-0.8, 0, 0.7, 0), line(0.2, -0.5, 0.75, 0, 0.2, 0.5)));
        Figure hole = disc(0.4, 0, 0.7);
        Figure whole = disc(-0.05, 0, 0.85);
        all.put("crescent", (x, y, w) -> Math.max(whole.at(x, y, w), -hole.at(x, y, w)));
        Figure stem = line(-0.5, -0.8, -0.5, 0.8);
        all.put(
                "letter-a",
                union(line(-0.65, 0.8, 0, -0.8, 0.65, 0.8), line(-0.35, 0.25, 0.35, 0.25)));
        all.put(
                "letter-e",
                union(line(0.5, -0.8, -0.5, -0.8, -0.5, 0.8, 0.5, 0.8), line(-0.5, 0, 0.35, 0)));
        all.put("letter-h", union(stem, line(0.5, -0.8, 0.5, 0.8), line(-0.5, 0, 0.5, 0)));
        all.put("letter-k", union(stem, line(0.5, -0.8, -0.45, 0.05, 0.55, 0.8)));
        all.put(
                "letter-r",
                union(
                        stem,
                        line(-0.5, -0.8, 0.15, -0.8),
                        arc(0.1, -0.4, 0.4, -90, 90),
                        line(0.15, 0, -0.5, 0),
                        line(0, 0, 0.55, 0.8)));
        all.put("letter-s", union(arc(0, -0.4, 0.42, -20, -270), arc(0, 0.42, 0.42, -90, 160)));
        all.put("letter-z", line(-0.6, -0.75, 0.6, -0.75, -0.6, 0.75, 0.6, 0.75));
        all.put("digit-4", line(0.3, 0.85, 0.3, -0.8, -0.6, 0.3, 0.65, 0.3));
        return Map.copyOf(all);
    }

    private static Figure disc(double centreX, double centreY, double radius) {
        return (x, y, _) -> Math.hypot(x - centreX, y - centreY) - radius;
    }

    /// @param corners x and y in turn
    private static Figure line(double... corners) {
        return (x, y, w) -> {
            double least = Double.POSITIVE_INFINITY;
            for (int i = 0; i + 3 < corners.length; i += 2) {
                least = Math.min(least, segment(x, y, corners, i, i + 2));
            }
            return least - w;
        };
    }

    private static Figure arc(double x, double y, double radius, double from, double to) {
        int pieces = 10;
        double[] corners = new double[2 * pieces];
        for (int i = 0; i < pieces; i++) {
            double angle = Math.toRadians(from + (to - from) * i / (pieces - 1));
            corners[2 * i] = x + radius * Math.cos(angle);
            corners[2 * i + 1] = y + radius * Math.sin(angle);
        }
        return line(corners);
    }

    private static Figure polygon(double... corners) {
        int count = corners.length;
        return (x, y, _) -> {
            boolean inside = false;
            double edge = Double.POSITIVE_INFINITY;
            for (int i = 0; i < count; i += 2) {
                int next = (i + 2) % count;
                double ay = corners[i + 1];
                double by = corners[next + 1];
                if ((ay > y) != (by > y)) {
                    double at = (corners[next] - corners[i]) * (y - ay) / (by - ay) + corners[i];
                    inside ^= x < at;
                }
                edge = Math.min(edge, segment(x, y, corners, i, next));
            }
            return inside ? -edge : edge;
        };
    }

    private static Figure star() {
        double[] corners = new double[20];
        for (int i = 0; i < 10; i++) {
            double turn = i * Math.PI / 5 - Math.PI / 2;
            double radius = i % 2 == 0 ? 0.95 : 0.4;
            corners[2 * i] = radius * Math.cos(turn);
            corners[2 * i + 1] = radius * Math.sin(turn);
        }
        return polygon(corners);
    }

    private static Figure union(Figure... parts) {
        List<Figure> all = new ArrayList<>(Arrays.asList(parts));
        return (x, y, w) -> {
            double least = Double.POSITIVE_INFINITY;
            for (Figure part : all) {
                least = Math.min(least, part.at(x, y, w));
            }
            return least;
        };
    }

    private static double segment(double x, double y, double[] corners, int a, int b) {
        double alongX = corners[b] - corners[a];
        double alongY = corners[b + 1] - corners[a + 1];
        double toX = x - corners[a];
        double toY = y - corners[a + 1];
        double t =
                Math.clamp(
                        (toX * alongX + toY * alongY) / (alongX * alongX + alongY * alongY), 0, 1);
        return Math.hypot(toX - t * alongX, toY - t * alongY);
    }
}
