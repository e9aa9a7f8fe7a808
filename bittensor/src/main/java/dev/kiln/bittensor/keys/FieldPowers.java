package dev.kiln.bittensor.keys;

/// Fixed powers of field elements, by the same steps for every element.
final class FieldPowers {
    private FieldPowers() {}

    /// 1/x, and 0 for 0: x to the power p - 2 = (2^252 - 3) * 8 + 3.
    static FieldElement inverse(FieldElement x) {
        FieldElement cube = new FieldElement().sqr(x);
        cube.mul(cube, x);
        FieldElement power = p58(x);
        power.sqr(power, 3);
        return power.mul(power, cube);
    }

    /// x to the power (p - 5) / 8 = 2^252 - 3.
    static FieldElement p58(FieldElement x) {
        FieldElement t = new FieldElement();
        FieldElement x2 = new FieldElement().sqr(x);
        x2.mul(x2, x); // 2^2 - 1; below, xN is x to the power 2^N - 1
        FieldElement x4 = new FieldElement().mul(t.sqr(x2, 2), x2);
        FieldElement x5 = new FieldElement().mul(t.sqr(x4, 1), x);
        FieldElement x10 = new FieldElement().mul(t.sqr(x5, 5), x5);
        FieldElement x20 = new FieldElement().mul(t.sqr(x10, 10), x10);
        FieldElement x40 = new FieldElement().mul(t.sqr(x20, 20), x20);
        FieldElement x50 = new FieldElement().mul(t.sqr(x40, 10), x10);
        FieldElement x100 = new FieldElement().mul(t.sqr(x50, 50), x50);
        FieldElement x200 = new FieldElement().mul(t.sqr(x100, 100), x100);
        FieldElement x250 = new FieldElement().mul(t.sqr(x200, 50), x50);
        return new FieldElement().mul(t.sqr(x250, 2), x);
    }
}
