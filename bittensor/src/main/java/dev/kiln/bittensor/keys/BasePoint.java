package dev.kiln.bittensor.keys;

import dev.kiln.bittensor.keys.EdwardsPoint.Addend;
import java.util.Arrays;

/// Multiples of the base point from tables made once: in constant time for secrets, faster for public numbers.
final class BasePoint {
    // Bits of a signed digit; a scalar has two digits for each row.
    private static final int BITS = 5;
    private static final int ROWS = 26;
    private static final int COLUMNS = 1 << (BITS - 1);
    private static final int LIMBS = 5;
    // Y+X, Y-X and 2dXY, and one limb that is not used: a power of two.
    private static final int ENTRY = 16;
    private static final int HALF = ROWS * ENTRY;
    private static final int WINDOW = 8;
    private static final int OWN_WINDOW = 5;

    /// Column j holds the entries j * 2^(10 i) * B of all rows i, the neutral point in column 0.
    private static final long[][] COMB = comb();

    /// Odd multiples B, 3B, 5B and so on up to 127B.
    private static final Addend[] ODD =
            Multiples.affine(Multiples.odd(EdwardsPoint.base(), 1 << (WINDOW - 2)));

    private BasePoint() {}

    /// scalar * B in a time that does not depend on the scalar.
    ///
    /// @param scalar 32 little-endian bytes of a number below 2^255
    static EdwardsPoint multiply(byte[] scalar) {
        byte[] digits = signedDigits(scalar);
        long[] odd = select(digits, 1);
        long[] even = select(digits, 0);
        EdwardsPoint sum = new EdwardsPoint();
        Addend entry = new Addend();
        for (int row = 0; row < ROWS; row++) {
            load(entry, odd, row, digits[2 * row + 1]);
            sum.add(entry);
        }
        sum.twice(BITS);
        for (int row = 0; row < ROWS; row++) {
            load(entry, even, row, digits[2 * row]);
            sum.add(entry);
        }
        return sum;
    }

    /// a * A + b * B in a time that depends on the numbers: only for public ones.
    static EdwardsPoint multiplyPublic(byte[] a, EdwardsPoint pointA, byte[] b) {
        byte[] digitsA = Digits.nonAdjacent(a, OWN_WINDOW);
        byte[] digitsB = Digits.nonAdjacent(b, WINDOW);
        EdwardsPoint[] multiples = Multiples.odd(pointA, 1 << (OWN_WINDOW - 2));
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

    /// Digits from -16 to 16 with scalar = sum of digit[i] * 32^i.
    private static byte[] signedDigits(byte[] scalar) {
        byte[] digits = new byte[2 * ROWS];
        int carry = 0;
        for (int i = 0; i < digits.length; i++) {
            int from = i * BITS / Byte.SIZE;
            int next = from + 1 < scalar.length ? scalar[from + 1] & 0xff : 0;
            int bits = ((scalar[from] & 0xff) | (next << Byte.SIZE)) >>> (i * BITS % Byte.SIZE);
            int digit = (bits & ((1 << BITS) - 1)) + carry;
            carry = (digit + COLUMNS) >> BITS;
            digits[i] = (byte) (digit - (carry << BITS));
        }
        return digits;
    }

    /// Every row's entry for the size of every second digit, from `first` on. Reads the whole table in order whatever
    /// the digits are, in loops that are made for vector registers; four columns a turn, so that what was picked goes
    /// to memory and back a quarter as often.
    private static long[] select(byte[] digits, int first) {
        long[] sizes = new long[HALF];
        for (int row = 0; row < ROWS; row++) {
            long digit = digits[2 * row + first];
            long sign = digit >> 63;
            Arrays.fill(sizes, row * ENTRY, (row + 1) * ENTRY, (digit ^ sign) - sign);
        }
        long[] picked = new long[HALF];
        long[] neutral = COMB[0];
        for (int i = 0; i < HALF; i++) {
            picked[i] = neutral[i] & onesIfEqual(sizes[i], 0);
        }
        for (int column = 1; column <= COLUMNS; column += 4) {
            long[] one = COMB[column];
            long[] two = COMB[column + 1];
            long[] three = COMB[column + 2];
            long[] four = COMB[column + 3];
            for (int i = 0; i < HALF; i++) {
                picked[i] |=
                        (one[i] & onesIfEqual(sizes[i], column))
                                | (two[i] & onesIfEqual(sizes[i], column + 1))
                                | (three[i] & onesIfEqual(sizes[i], column + 2))
                                | (four[i] & onesIfEqual(sizes[i], column + 3));
            }
        }
        return picked;
    }

    private static long onesIfEqual(long size, long column) {
        return -(((size ^ column) - 1) >>> 63);
    }

    /// Loads digit * 2^(10 row) * B from what was selected for the digit's size.
    private static void load(Addend entry, long[] picked, int row, int digit) {
        int at = row * ENTRY;
        entry.yPlusX.load(picked, at);
        entry.yMinusX.load(picked, at + LIMBS);
        entry.t2d.load(picked, at + 2 * LIMBS);
        entry.negateIf(digit >>> 31);
    }

    private static long[][] comb() {
        EdwardsPoint[] points = new EdwardsPoint[ROWS * COLUMNS];
        EdwardsPoint first = EdwardsPoint.base();
        for (int row = 0; row < ROWS; row++) {
            Addend step = new Addend(first);
            EdwardsPoint multiple = new EdwardsPoint().set(first);
            for (int j = 0; j < COLUMNS; j++) {
                points[row * COLUMNS + j] = new EdwardsPoint().set(multiple);
                multiple.add(step);
            }
            first.twice(2 * BITS);
        }
        Addend[] entries = Multiples.affine(points);
        long[][] table = new long[COLUMNS + 1][HALF];
        for (int row = 0; row < ROWS; row++) {
            store(new Addend(), table[0], row);
            for (int j = 0; j < COLUMNS; j++) {
                store(entries[row * COLUMNS + j], table[j + 1], row);
            }
        }
        return table;
    }

    private static void store(Addend entry, long[] column, int row) {
        int at = row * ENTRY;
        entry.yPlusX.store(column, at);
        entry.yMinusX.store(column, at + LIMBS);
        entry.t2d.store(column, at + 2 * LIMBS);
    }
}
