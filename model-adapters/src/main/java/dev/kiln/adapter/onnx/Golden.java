package dev.kiln.adapter.onnx;

import java.util.List;

/// A text whose embedding is known: the proof that an engine computes what it should on the device it runs on.
///
/// @param text the sample
/// @param start the first components of its unit-length embedding, at least one
/// @param tolerance largest absolute difference of a component
public record Golden(String text, List<Double> start, double tolerance) {
    public Golden {
        start = List.copyOf(start);
        if (start.isEmpty()) {
            throw new IllegalArgumentException("start must hold at least one component, was empty");
        }
        if (!(tolerance > 0)) {
            throw new IllegalArgumentException("tolerance must be positive, was " + tolerance);
        }
    }

    /// The largest absolute difference to the known components; infinite if the vector is too short or holds NaN.
    double distance(float[] vector) {
        if (vector.length < start.size()) {
            return Double.POSITIVE_INFINITY;
        }
        double worst = 0;
        for (int i = 0; i < start.size(); i++) {
            double difference = Math.abs(vector[i] - start.get(i));
            if (Double.isNaN(difference)) {
                return Double.POSITIVE_INFINITY;
            }
            worst = Math.max(worst, difference);
        }
        return worst;
    }
}
