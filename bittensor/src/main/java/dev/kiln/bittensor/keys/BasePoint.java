package dev.kiln.bittensor.keys;

import dev.kiln.bittensor.keys.EdwardsPoint.Addend;

/// Multiples of the base point from tables made once: in constant time for secrets, faster for public numbers.
final class BasePoint {
    private static final int ROWS = 32;
    private static final int COLUMNS = 8;
    private static final int LIMBS = 5;
    private static final int ROW = 3 * LIMBS * COLUMNS;
    private static final int WINDOW = 8;
    private static final int OWN_WINDOW = 5;

    /// Row i holds (j + 1) * 256^i * B for the columns j as Y+X, Y-X and 2dXY: the first limbs of all columns, then the
    /// second ones and so on.
    private static final long[] COMB = comb();

    /// Odd multiples B, 3B, 5B and so on up to 127B.
    private static final Addend[] ODD =
            affine(oddMultiples(EdwardsPoint.base(), 1 << (WINDOW - 2)));

    private BasePoint() {}

    /// scalar * B in a time that does not depend on the scalar.
    ///
    /// @param scalar 32 little-endian bytes of a number below 2^255
    static EdwardsPoint multiply(byte[] scalar) {
        byte[] digits = signedDigits(scalar);
        EdwardsPoint sum = new EdwardsPoint();
        Addend entry = new Addend();
        long[] masks = new long[COLUMNS];
        for (int i = 1; i < 2 * ROWS; i += 2) {
            select(entry, masks, i / 2, digits[i]);
            sum.add(entry);
        }
        sum.twice(4);
        for (int i = 0; i < 2 * ROWS; i += 2) {
            select(entry, masks, i / 2, digits[i]);
            sum.add(entry);
        }
        return sum;
    }

    /// a * A + b * B in a time that depends on the numbers: only for public ones.
    static EdwardsPoint multiplyPublic(byte[] a, EdwardsPoint pointA, byte[] b) {
        byte[] digitsA = Digits.nonAdjacent(a, OWN_WINDOW);
        byte[] digitsB = Digits.nonAdjacent(b, WINDOW);
        EdwardsPoint[] multiples = oddMultiples(pointA, 1 << (OWN_WINDOW - 2));
        Addend[] oddA = new Addend[multiples.length];
        for (int i = 0; i < oddA.length; i++) {
            oddA[i] = new Addend(multiples[i]);
        }
        EdwardsPoint sum = new EdwardsPoint();
        int i = digitsA.length - 1;
        while (i >= 0 && digitsA[i] == 0 && digitsB[i] == 0) {
            i--;
        }
        for (; i >= 0; i--) {
            if (digitsA[i] == 0 && digitsB[i] == 0) {
                if (i == 0) {
                    sum.twice();
                } else {
                    sum.twiceWithoutT();
                }
                continue;
            }
            sum.twice();
            addDigit(sum, oddA, digitsA[i]);
            addDigit(sum, ODD, digitsB[i]);
        }
        return sum;
    }

    private static void addDigit(EdwardsPoint sum, Addend[] odd, int digit) {
        if (digit > 0) {
            sum.add(odd[digit / 2]);
        } else if (digit < 0) {
            sum.subtract(odd[-digit / 2]);
        }
    }

    /// Digits from -8 to 8 with scalar = sum of digit[i] * 16^i.
    private static byte[] signedDigits(byte[] scalar) {
        byte[] digits = new byte[2 * ROWS];
        for (int i = 0; i < ROWS; i++) {
            digits[2 * i] = (byte) (scalar[i] & 15);
            digits[2 * i + 1] = (byte) ((scalar[i] >>> 4) & 15);
        }
        int carry = 0;
        for (int i = 0; i < digits.length - 1; i++) {
            int digit = digits[i] + carry;
            carry = (digit + 8) >> 4;
            digits[i] = (byte) (digit - (carry << 4));
        }
        digits[digits.length - 1] += (byte) carry;
        return digits;
    }

    /// Loads digit * 256^row * B; reads the whole row whatever the digit is.
    private static void select(Addend entry, long[] masks, int row, int digit) {
        int negative = digit >>> 31;
        int size = (digit ^ -negative) + negative;
        for (int j = 0; j < COLUMNS; j++) {
            masks[j] = equalMask(size, j + 1);
        }
        // The neutral point (1, 1, 0) where the digit is 0.
        long one = equalMask(size, 0) & 1;
        int at = row * ROW;
        entry.yPlusX.load(
                pick(at, masks) | one,
                pick(at + COLUMNS, masks),
                pick(at + 2 * COLUMNS, masks),
                pick(at + 3 * COLUMNS, masks),
                pick(at + 4 * COLUMNS, masks));
        at += LIMBS * COLUMNS;
        entry.yMinusX.load(
                pick(at, masks) | one,
                pick(at + COLUMNS, masks),
                pick(at + 2 * COLUMNS, masks),
                pick(at + 3 * COLUMNS, masks),
                pick(at + 4 * COLUMNS, masks));
        at += LIMBS * COLUMNS;
        entry.t2d.load(
                pick(at, masks),
                pick(at + COLUMNS, masks),
                pick(at + 2 * COLUMNS, masks),
                pick(at + 3 * COLUMNS, masks),
                pick(at + 4 * COLUMNS, masks));
        entry.negateIf(negative);
    }

    /// The one number of eight whose mask is all ones, or zero if none is.
    private static long pick(int at, long[] masks) {
        return (COMB[at] & masks[0])
                | (COMB[at + 1] & masks[1])
                | (COMB[at + 2] & masks[2])
                | (COMB[at + 3] & masks[3])
                | (COMB[at + 4] & masks[4])
                | (COMB[at + 5] & masks[5])
                | (COMB[at + 6] & masks[6])
                | (COMB[at + 7] & masks[7]);
    }

    /// All ones where both small numbers are equal, else zero.
    private static long equalMask(int a, int b) {
        return ((long) (a ^ b) - 1) >> 63;
    }

    private static long[] comb() {
        EdwardsPoint[] points = new EdwardsPoint[ROWS * COLUMNS];
        EdwardsPoint first = EdwardsPoint.base();
        for (int row = 0; row < ROWS; row++) {
            Addend step = new Addend(first);
            EdwardsPoint multiple = new EdwardsPoint().set(first);
            for (int j = 0; j < COLUMNS; j++) {
                points[row * COLUMNS + j] = new EdwardsPoint().set(multiple);
                multiple.add(step);
            }
            first.twice(8);
        }
        Addend[] entries = affine(points);
        long[] table = new long[ROWS * ROW];
        for (int i = 0; i < entries.length; i++) {
            int at = i / COLUMNS * ROW + i % COLUMNS;
            entries[i].yPlusX.store(table, at, COLUMNS);
            entries[i].yMinusX.store(table, at + LIMBS * COLUMNS, COLUMNS);
            entries[i].t2d.store(table, at + 2 * LIMBS * COLUMNS, COLUMNS);
        }
        return table;
    }

    private static EdwardsPoint[] oddMultiples(EdwardsPoint point, int count) {
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
    private static Addend[] affine(EdwardsPoint[] points) {
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
