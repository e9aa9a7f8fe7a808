package dev.kiln.bittensor.keys;

import java.util.Arrays;
import java.util.Optional;

/// The prime-order group ristretto255 (RFC 9496) upon the Edwards curve: how its elements are written and read.
final class Ristretto {
    /// Bytes of an encoded element.
    static final int SIZE = 32;

    private static final FieldElement ONE = new FieldElement().set(1);
    private static final FieldElement SQRT_MINUS_ONE =
            FieldElement.of(
                    "19681161376707505956807079304988542015446066515923890162744021073123829784752");
    private static final FieldElement INVERSE_SQRT_A_MINUS_D =
            FieldElement.of(
                    "54469307008909316920995813868745141605393597292927456921205312896311721017578");

    private Ristretto() {}

    /// Whether these 32 bytes stand for the neutral element.
    static boolean isIdentity(byte[] encoded) {
        return Arrays.equals(encoded, new byte[SIZE]);
    }

    /// Reads an element; empty unless the 32 bytes are its one canonical encoding.
    static Optional<EdwardsPoint> decode(byte[] in, int at) {
        FieldElement s = new FieldElement().decode(in, at);
        if (!FieldElement.isCanonical(in, at) || s.isNegative() == 1) {
            return Optional.empty();
        }
        FieldElement ss = new FieldElement().sqr(s);
        FieldElement u1 = new FieldElement().sub(ONE, ss);
        FieldElement u2 = new FieldElement().add(ONE, ss);
        FieldElement u2Squared = new FieldElement().sqr(u2);
        FieldElement v = new FieldElement().sqr(u1);
        v.mul(v, EdwardsPoint.D);
        v.add(v, u2Squared);
        v.negate(v);

        FieldElement root = new FieldElement();
        int square = inverseRoot(root, new FieldElement().mul(v, u2Squared));
        EdwardsPoint p = new EdwardsPoint();
        FieldElement denominatorX = new FieldElement().mul(root, u2);
        p.x.add(s, s);
        p.x.mul(p.x, denominatorX);
        p.x.negateIf(p.x.isNegative());
        p.y.mul(root, denominatorX);
        p.y.mul(p.y, v);
        p.y.mul(p.y, u1);
        p.t.mul(p.x, p.y);
        boolean good = square == 1 && p.t.isNegative() == 0 && p.y.isZero() == 0;
        return good ? Optional.of(p) : Optional.empty();
    }

    /// The canonical encoding. Takes the same time for every point.
    static byte[] encode(EdwardsPoint p) {
        FieldElement u1 = new FieldElement().add(p.z, p.y);
        FieldElement difference = new FieldElement().sub(p.z, p.y);
        u1.mul(u1, difference);
        FieldElement u2 = new FieldElement().mul(p.x, p.y);
        FieldElement root = new FieldElement().sqr(u2);
        root.mul(root, u1);
        inverseRoot(root, new FieldElement().set(root));
        FieldElement den1 = new FieldElement().mul(root, u1);
        FieldElement den2 = new FieldElement().mul(root, u2);
        FieldElement inverseZ = new FieldElement().mul(den1, den2);
        inverseZ.mul(inverseZ, p.t);

        int rotate = new FieldElement().mul(p.t, inverseZ).isNegative();
        FieldElement x = new FieldElement().set(p.x);
        FieldElement y = new FieldElement().set(p.y);
        x.assignIf(rotate, new FieldElement().mul(p.y, SQRT_MINUS_ONE));
        y.assignIf(rotate, new FieldElement().mul(p.x, SQRT_MINUS_ONE));
        den2.assignIf(rotate, new FieldElement().mul(den1, INVERSE_SQRT_A_MINUS_D));
        y.negateIf(new FieldElement().mul(x, inverseZ).isNegative());

        FieldElement s = new FieldElement().sub(p.z, y);
        s.mul(s, den2);
        s.negateIf(s.isNegative());
        return s.encode();
    }

    /// Sets `out` to the non-negative square root of 1/v, or of sqrt(-1)/v if 1/v has none, and to 0 for 0.
    ///
    /// @return 1 if 1/v has a root, else 0
    private static int inverseRoot(FieldElement out, FieldElement v) {
        FieldElement v3 = new FieldElement().sqr(v);
        v3.mul(v3, v);
        FieldElement v7 = new FieldElement().sqr(v3);
        v7.mul(v7, v);
        FieldElement r = FieldPowers.p58(v7);
        r.mul(r, v3);
        FieldElement check = new FieldElement().sqr(r);
        check.mul(check, v);

        FieldElement minusOne = new FieldElement().negate(ONE);
        int correct = FieldElement.equal(check, ONE);
        int flipped = FieldElement.equal(check, minusOne);
        int flippedI = FieldElement.equal(check, new FieldElement().mul(minusOne, SQRT_MINUS_ONE));
        r.assignIf(flipped | flippedI, new FieldElement().mul(r, SQRT_MINUS_ONE));
        r.negateIf(r.isNegative());
        out.set(r);
        return correct | flipped;
    }
}
