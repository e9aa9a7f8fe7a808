package dev.kiln.bittensor.keys;

import dev.kiln.bittensor.keys.SlowGroup.Point;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;

/// Field, scalars and group against [BigInteger] and [SlowGroup], half the operands at edges.
final class SlowCheck {
    /// One in so many takes an inverse, decodes a point, multiplies the base point.
    private static final int INVERSES = 20;

    private static final int DECODED = 100;
    private static final int MULTIPLES = 2_000;

    private static final BigInteger P = SlowGroup.P;
    private static final BigInteger L = SlowGroup.L;
    private static final BigInteger TOP = BigInteger.TWO.pow(255);
    private static final List<BigInteger> EDGES =
            List.of(
                    BigInteger.valueOf(16),
                    P.subtract(BigInteger.TEN),
                    P.shiftRight(1),
                    TOP.subtract(BigInteger.TEN),
                    L,
                    BigInteger.TWO.pow(51),
                    BigInteger.TWO.pow(204));

    private final Random random;
    private final Point base = SlowGroup.base();

    SlowCheck(Random random) {
        this.random = random;
    }

    /// Checks so many operands and prints how quickly.
    ///
    /// @return whether all were as the slow ones say; prints the first that was not
    boolean run(long inputs) {
        long began = System.nanoTime();
        for (long i = 0; i < inputs; i++) {
            BigInteger a = operand();
            BigInteger b = operand();
            BigInteger c = operand();
            boolean good =
                    field(a, b)
                            && scalars(a, b, c)
                            && (i % INVERSES != 0 || inverse(a))
                            && (i % DECODED != 0 || decoded(SlowGroup.bytes(a)))
                            && (i % MULTIPLES != 0 || multiple(a.mod(L)));
            if (!good) {
                System.out.printf("wrong: a=%x b=%x c=%x%n", a, b, c);
                return false;
            }
        }
        System.out.printf(
                Locale.ROOT,
                "arithmetic as BigInteger has it: %,d operands of field and scalars, %,.0f/s; of them %,d inverses,"
                        + " %,d points decoded, %,d multiples of the base point%n",
                inputs,
                inputs / ((System.nanoTime() - began) / 1e9),
                (inputs + INVERSES - 1) / INVERSES,
                (inputs + DECODED - 1) / DECODED,
                (inputs + MULTIPLES - 1) / MULTIPLES);
        return true;
    }

    /// From 0 to 2^255 - 1.
    private BigInteger operand() {
        if (random.nextBoolean()) {
            return new BigInteger(255, random);
        }
        BigInteger edge = EDGES.get(random.nextInt(EDGES.size()));
        return edge.add(BigInteger.valueOf(random.nextInt(32) - 16)).mod(TOP);
    }

    private static boolean field(BigInteger a, BigInteger b) {
        FieldElement x = element(a);
        FieldElement y = element(b);
        FieldElement difference = new FieldElement().sub(x, y);
        FieldElement sum = new FieldElement().add(x, y);
        return same(sum, a.add(b))
                && same(difference, a.subtract(b))
                && same(new FieldElement().mul(x, y), a.multiply(b))
                && same(new FieldElement().mul(sum, difference), a.add(b).multiply(a.subtract(b)))
                && same(new FieldElement().sqr(x), a.multiply(a))
                && FieldElement.isCanonical(SlowGroup.bytes(a), 0) == (a.compareTo(P) < 0);
    }

    private static boolean inverse(BigInteger a) {
        return same(FieldPowers.inverse(element(a)), a.modPow(P.subtract(BigInteger.TWO), P));
    }

    private static boolean scalars(BigInteger a, BigInteger b, BigInteger c) {
        byte[] x = SlowGroup.bytes(a);
        byte[] y = SlowGroup.bytes(b);
        byte[] wide = Arrays.copyOf(x, 64);
        System.arraycopy(y, 0, wide, 32, 32);
        return same(Scalar.multiplyAdd(x, y, SlowGroup.bytes(c)), a.multiply(b).add(c))
                && same(Scalar.add(x, y), a.add(b))
                && same(Scalar.reduce(wide), b.shiftLeft(256).add(a))
                && Scalar.isCanonical(x, 0) == (a.compareTo(L) < 0);
    }

    private static boolean decoded(byte[] encoded) {
        Optional<Point> slow = SlowGroup.decode(encoded);
        Optional<EdwardsPoint> fast = Ristretto.decode(encoded, 0);
        return slow.isPresent() == fast.isPresent()
                && (fast.isEmpty() || Arrays.equals(Ristretto.encode(fast.get()), encoded));
    }

    private boolean multiple(BigInteger n) {
        byte[] slow = SlowGroup.encode(base.times(n));
        return Arrays.equals(Ristretto.encode(BasePoint.multiply(SlowGroup.bytes(n))), slow);
    }

    private static FieldElement element(BigInteger a) {
        return new FieldElement().decode(SlowGroup.bytes(a), 0);
    }

    private static boolean same(FieldElement got, BigInteger want) {
        return SlowGroup.number(got.encode()).equals(want.mod(P));
    }

    private static boolean same(byte[] got, BigInteger want) {
        return SlowGroup.number(got).equals(want.mod(L));
    }
}
