package dev.kiln.loadtest.quality;

/// How near two vectors point, and how long one is.
public final class Cosine {
    private Cosine() {}

    /// From -1 (opposite) to 1 (same direction); 0 where one has no length.
    public static double between(float[] a, float[] b) {
        if (a.length != b.length) {
            throw new IllegalArgumentException(
                    "lengths differ: %d and %d".formatted(a.length, b.length));
        }
        double dot = 0;
        for (int i = 0; i < a.length; i++) {
            dot += (double) a[i] * b[i];
        }
        double lengths = length(a) * length(b);
        return lengths == 0 ? 0 : dot / lengths;
    }

    /// The Euclidean length.
    public static double length(float[] a) {
        double squares = 0;
        for (float x : a) {
            squares += (double) x * x;
        }
        return Math.sqrt(squares);
    }
}
