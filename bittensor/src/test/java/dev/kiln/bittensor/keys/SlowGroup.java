package dev.kiln.bittensor.keys;

import java.math.BigInteger;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/// The curve and ristretto255 written a second time, slowly and plainly over [BigInteger], to judge the fast one by.
/// Points are affine pairs; nothing is shared with the code under test.
final class SlowGroup {
    static final BigInteger P = BigInteger.TWO.pow(255).subtract(BigInteger.valueOf(19));
    static final BigInteger L =
            BigInteger.TWO.pow(252).add(new BigInteger("27742317777372353535851937790883648493"));

    private static final BigInteger ONE = BigInteger.ONE;
    private static final BigInteger D =
            mod(BigInteger.valueOf(-121665).multiply(BigInteger.valueOf(121666).modInverse(P)));
    private static final BigInteger ROOT_OF_MINUS_ONE =
            BigInteger.TWO.modPow(P.subtract(ONE).shiftRight(2), P);

    private SlowGroup() {}

    record Point(BigInteger x, BigInteger y) {
        static final Point NEUTRAL = new Point(BigInteger.ZERO, ONE);

        Point plus(Point q) {
            BigInteger xx = x.multiply(q.x);
            BigInteger yy = y.multiply(q.y);
            BigInteger dxxyy = mod(D.multiply(mod(xx.multiply(yy))));
            BigInteger newX = x.multiply(q.y).add(y.multiply(q.x));
            BigInteger newY = yy.add(xx);
            return new Point(
                    mod(newX.multiply(ONE.add(dxxyy).modInverse(P))),
                    mod(newY.multiply(mod(ONE.subtract(dxxyy)).modInverse(P))));
        }

        Point times(BigInteger n) {
            Point sum = NEUTRAL;
            for (int i = n.bitLength() - 1; i >= 0; i--) {
                sum = sum.plus(sum);
                if (n.testBit(i)) {
                    sum = sum.plus(this);
                }
            }
            return sum;
        }

        Point minus() {
            return new Point(mod(x.negate()), y);
        }
    }

    /// The eight points whose order divides 8, the neutral one first.
    static List<Point> torsion() {
        BigInteger y =
                new BigInteger(
                        "7a03ac9277fdc74ec6cc392cfa53202a0f67100d760b3cba4fd83d3d706a17c7", 16);
        BigInteger yy = y.multiply(y);
        BigInteger xx = yy.subtract(ONE).multiply(mod(D.multiply(yy).add(ONE)).modInverse(P));
        Point eighth = new Point(root(mod(xx)).orElseThrow(), y);
        return IntStream.range(0, 8).mapToObj(n -> eighth.times(BigInteger.valueOf(n))).toList();
    }

    static Point base() {
        BigInteger y = mod(BigInteger.valueOf(4).multiply(BigInteger.valueOf(5).modInverse(P)));
        BigInteger yy = y.multiply(y);
        BigInteger xx = yy.subtract(ONE).multiply(D.multiply(yy).add(ONE).modInverse(P));
        return new Point(even(root(mod(xx)).orElseThrow()), y);
    }

    /// RFC 9496, 4.3.2, for Z = 1 and T = XY.
    static byte[] encode(Point p) {
        BigInteger u1 = mod(ONE.add(p.y).multiply(ONE.subtract(p.y)));
        BigInteger u2 = mod(p.x.multiply(p.y));
        BigInteger root = inverseRootOrZero(mod(u1.multiply(u2).multiply(u2)));
        BigInteger den1 = mod(root.multiply(u1));
        BigInteger den2 = mod(root.multiply(u2));
        BigInteger inverseZ = mod(den1.multiply(den2).multiply(u2));
        BigInteger x = p.x;
        BigInteger y = p.y;
        BigInteger den = den2;
        if (isOdd(mod(u2.multiply(inverseZ)))) {
            x = mod(p.y.multiply(ROOT_OF_MINUS_ONE));
            y = mod(p.x.multiply(ROOT_OF_MINUS_ONE));
            BigInteger aMinusD = mod(ONE.negate().subtract(D));
            den = mod(den1.multiply(even(root(aMinusD.modInverse(P)).orElseThrow())));
        }
        if (isOdd(mod(x.multiply(inverseZ)))) {
            y = mod(y.negate());
        }
        return bytes(even(mod(den.multiply(ONE.subtract(y)))));
    }

    /// RFC 9496, 4.3.1.
    static Optional<Point> decode(byte[] encoded) {
        BigInteger s = number(encoded);
        if (s.compareTo(P) >= 0 || isOdd(s)) {
            return Optional.empty();
        }
        BigInteger ss = mod(s.multiply(s));
        BigInteger u1 = mod(ONE.subtract(ss));
        BigInteger u2 = mod(ONE.add(ss));
        BigInteger u2u2 = mod(u2.multiply(u2));
        BigInteger v = mod(D.multiply(u1).multiply(u1).negate().subtract(u2u2));
        BigInteger vu = mod(v.multiply(u2u2));
        if (vu.signum() == 0) {
            return Optional.empty();
        }
        Optional<BigInteger> found = root(vu.modInverse(P));
        if (found.isEmpty()) {
            return Optional.empty();
        }
        BigInteger root = even(found.get());
        BigInteger denX = mod(root.multiply(u2));
        BigInteger denY = mod(root.multiply(denX).multiply(v));
        BigInteger x = even(mod(s.shiftLeft(1).multiply(denX)));
        BigInteger y = mod(u1.multiply(denY));
        if (isOdd(mod(x.multiply(y))) || y.signum() == 0) {
            return Optional.empty();
        }
        return Optional.of(new Point(x, y));
    }

    static BigInteger number(byte[] littleEndian) {
        byte[] bigEndian = new byte[littleEndian.length];
        for (int i = 0; i < bigEndian.length; i++) {
            bigEndian[i] = littleEndian[littleEndian.length - 1 - i];
        }
        return new BigInteger(1, bigEndian);
    }

    /// 32 little-endian bytes of a number below 2^256.
    static byte[] bytes(BigInteger number) {
        byte[] out = new byte[32];
        for (int i = 0; i < out.length; i++) {
            out[i] = number.shiftRight(8 * i).byteValue();
        }
        return out;
    }

    static BigInteger mod(BigInteger n) {
        return n.mod(P);
    }

    private static boolean isOdd(BigInteger n) {
        return n.testBit(0);
    }

    private static BigInteger even(BigInteger n) {
        return isOdd(n) ? mod(n.negate()) : n;
    }

    private static BigInteger inverseRootOrZero(BigInteger n) {
        return n.signum() == 0 ? n : even(root(n.modInverse(P)).orElseThrow());
    }

    private static Optional<BigInteger> root(BigInteger n) {
        BigInteger r = n.modPow(P.add(BigInteger.valueOf(3)).shiftRight(3), P);
        for (BigInteger candidate : new BigInteger[] {r, mod(r.multiply(ROOT_OF_MINUS_ONE))}) {
            if (mod(candidate.multiply(candidate)).equals(n)) {
                return Optional.of(candidate);
            }
        }
        return Optional.empty();
    }
}
