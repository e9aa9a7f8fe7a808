package dev.kiln.bittensor.keys;

import dev.kiln.bittensor.keys.EdwardsPoint.Addend;

/// Tables of a point's multiples.
final class Multiples {
    private Multiples() {}

    /// P, 3P, 5P and so on.
    static EdwardsPoint[] odd(EdwardsPoint point, int count) {
        EdwardsPoint twice = new EdwardsPoint().set(point);
        twice.twice();
        Addend step = new Addend(twice);
        EdwardsPoint[] odd = new EdwardsPoint[count];
        odd[0] = new EdwardsPoint().set(point);
        for (int i = 1; i < count; i++) {
            odd[i] = new EdwardsPoint().set(odd[i - 1]);
            odd[i].add(step);
        }
        return odd;
    }

    /// Scales every Z to 1 with a single inversion.
    static Addend[] affine(EdwardsPoint[] points) {
        FieldElement[] before = new FieldElement[points.length];
        FieldElement product = new FieldElement().set(1);
        for (int i = 0; i < points.length; i++) {
            before[i] = new FieldElement().set(product);
            product.mul(product, points[i].z);
        }
        FieldElement inverse = FieldPowers.inverse(product);
        Addend[] out = new Addend[points.length];
        for (int i = points.length - 1; i >= 0; i--) {
            out[i] = new Addend(points[i], new FieldElement().mul(inverse, before[i]));
            inverse.mul(inverse, points[i].z);
        }
        return out;
    }
}
