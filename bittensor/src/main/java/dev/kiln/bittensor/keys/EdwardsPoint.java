package dev.kiln.bittensor.keys;

/// A mutable point of the curve -x^2 + y^2 = 1 + d x^2 y^2 in extended coordinates: x = X/Z, y = Y/Z, xy = T/Z.
/// The formulas are complete: they hold for every pair of points, the neutral one and equal ones among them.
///
/// **Threads:** owned by the one that made it, as is the scratch space in it.
final class EdwardsPoint {
    static final FieldElement D =
            FieldElement.of(
                    "37095705934669439343138083508754565189542113879843219016388785533085940283555");
    static final FieldElement TWICE_D =
            FieldElement.of(
                    "16295367250680780974490674513165176452449235426866156013048779062215315747161");

    final FieldElement x = new FieldElement();
    final FieldElement y = new FieldElement().set(1);
    final FieldElement z = new FieldElement().set(1);
    final FieldElement t = new FieldElement();

    private final FieldElement a = new FieldElement();
    private final FieldElement b = new FieldElement();
    private final FieldElement c = new FieldElement();
    private final FieldElement e = new FieldElement();
    private final FieldElement f = new FieldElement();
    private final FieldElement g = new FieldElement();
    private final FieldElement h = new FieldElement();

    /// The neutral point.
    EdwardsPoint() {}

    /// The base point of the group, a fresh copy.
    static EdwardsPoint base() {
        EdwardsPoint base = new EdwardsPoint();
        base.x.set(
                FieldElement.of(
                        "15112221349535400772501151409588531511454012693041857206046113283949847762202"));
        base.y.set(
                FieldElement.of(
                        "46316835694926478169428394003475163141307993866256225615783033603165251855960"));
        base.t.mul(base.x, base.y);
        return base;
    }

    EdwardsPoint set(EdwardsPoint p) {
        x.set(p.x);
        y.set(p.y);
        z.set(p.z);
        t.set(p.t);
        return this;
    }

    void negate() {
        x.negate(x);
        t.negate(t);
    }

    /// Becomes twice itself.
    void twice() {
        halfOfTwice();
        t.mul(e, h);
    }

    /// Becomes 2^times times itself, at least once; T is made only by the last step, as no doubling needs it.
    void twice(int times) {
        for (int i = 1; i < times; i++) {
            halfOfTwice();
        }
        twice();
    }

    /// Doubles X, Y and Z and leaves T behind: for a doubling that another doubling follows.
    void twiceWithoutT() {
        halfOfTwice();
    }

    private void halfOfTwice() {
        a.sqr(x);
        b.sqr(y);
        c.sqr(z);
        c.add(c, c);
        h.add(a, b);
        e.add(x, y);
        e.sqr(e);
        e.sub(h, e);
        g.sub(a, b);
        f.add(c, g);
        x.mul(e, f);
        y.mul(g, h);
        z.mul(f, g);
    }

    /// Adds a prepared point.
    void add(Addend p) {
        a.sub(y, x);
        a.mul(a, p.yMinusX);
        b.add(y, x);
        b.mul(b, p.yPlusX);
        c.mul(t, p.t2d);
        twoZ(p);
        e.sub(b, a);
        f.sub(h, c);
        g.add(h, c);
        h.add(b, a);
        join();
    }

    /// Takes a prepared point away.
    void subtract(Addend p) {
        a.sub(y, x);
        a.mul(a, p.yPlusX);
        b.add(y, x);
        b.mul(b, p.yMinusX);
        c.mul(t, p.t2d);
        twoZ(p);
        e.sub(b, a);
        f.add(h, c);
        g.sub(h, c);
        h.add(b, a);
        join();
    }

    private void twoZ(Addend p) {
        if (p.affine) {
            h.add(z, z);
        } else {
            h.mul(z, p.z2);
        }
    }

    private void join() {
        x.mul(e, f);
        y.mul(g, h);
        z.mul(f, g);
        t.mul(e, h);
    }

    /// A point made ready to be added many times: Y + X, Y - X, 2Z and 2dT.
    static final class Addend {
        final FieldElement yPlusX = new FieldElement().set(1);
        final FieldElement yMinusX = new FieldElement().set(1);
        final FieldElement t2d = new FieldElement();
        final FieldElement z2 = new FieldElement();
        private final boolean affine;

        /// A neutral affine point, to be filled from a table.
        Addend() {
            affine = true;
        }

        Addend(EdwardsPoint p) {
            affine = false;
            yPlusX.add(p.y, p.x);
            yMinusX.sub(p.y, p.x);
            t2d.mul(p.t, TWICE_D);
            z2.add(p.z, p.z);
        }

        /// Becomes its own negative where `choice` is 1.
        void negateIf(int choice) {
            yPlusX.swapIf(choice, yMinusX);
            t2d.negateIf(choice);
        }

        /// The point with Z scaled to 1.
        ///
        /// @param inverseZ 1/Z
        Addend(EdwardsPoint p, FieldElement inverseZ) {
            affine = true;
            FieldElement px = new FieldElement().mul(p.x, inverseZ);
            FieldElement py = new FieldElement().mul(p.y, inverseZ);
            yPlusX.add(py, px);
            yMinusX.sub(py, px);
            t2d.mul(px, py);
            t2d.mul(t2d, TWICE_D);
        }
    }
}
