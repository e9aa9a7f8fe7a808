package dev.kiln.bittensor.keys;

import dev.kiln.bittensor.keys.EdwardsPoint.Addend;

/// Multiples of the base point from tables made once: in constant time for secrets, faster for public numbers.
final class BasePoint {
    // Bits of an odd digit from -31 to 31.
    private static final int BITS = 5;
    private static final int ROWS = 51;
    private static final int COLUMNS = 1 << (BITS - 1);
    // Y+X, Y-X and 2dXY of 4 words each.
    private static final int WORDS = 12;
    private static final int COLUMN = WORDS * ROWS;
    private static final int WINDOW = 8;
    private static final int OWN_WINDOW = 5;

    /// Column j holds (2j + 1) * 32^i * B for every row i: the first word of all rows, then the second, and so on.
    private static final long[][] COMB = comb();

    /// Odd multiples B, 3B, 5B and so on up to 127B.
    private static final Addend[] ODD =
            Multiples.affine(Multiples.odd(EdwardsPoint.base(), 1 << (WINDOW - 2)));

    private BasePoint() {}

    /// scalar * B in a time that does not depend on the scalar.
    ///
    /// @param scalar 32 little-endian bytes of a number below 2^255
    static EdwardsPoint multiply(byte[] scalar) {
        byte[] bits = Scalar.signedBits(scalar);
        long[] columns = new long[COLUMN];
        int[] signs = new int[ROWS];
        for (int row = 0; row < ROWS; row++) {
            int digit = digit(bits, row);
            signs[row] = 1 - (digit >>> (BITS - 1));
            columns[row] = (digit ^ -signs[row]) & (COLUMNS - 1);
        }
        for (int word = 1; word < WORDS; word++) {
            System.arraycopy(columns, 0, columns, word * ROWS, ROWS);
        }
        long[] picked = pick(columns);
        EdwardsPoint sum = new EdwardsPoint();
        Addend entry = new Addend();
        for (int row = 0; row < ROWS; row++) {
            entry.yPlusX.load(picked, row, ROWS);
            entry.yMinusX.load(picked, row + COLUMN / 3, ROWS);
            entry.t2d.load(picked, row + 2 * COLUMN / 3, ROWS);
            entry.negateIf(signs[row]);
            sum.add(entry);
        }
        return sum;
    }

    /// The bits from 5 * `row` on, each of which stands for +1 or -1.
    private static int digit(byte[] bits, int row) {
        int from = row * BITS / Byte.SIZE;
        int next = from + 1 < bits.length ? bits[from + 1] & 0xff : 0;
        int both = (bits[from] & 0xff) | (next << Byte.SIZE);
        return (both >>> (row * BITS % Byte.SIZE)) & ((1 << BITS) - 1);
    }

    /// Word i of column `columns[i]`, for every i. Reads the whole table in order whatever the columns are, in loops
    /// that are made for vector registers, four columns a turn.
    private static long[] pick(long[] columns) {
        long[] picked = new long[COLUMN];
        for (int turn = 0; turn < COLUMNS / 4; turn++) {
            long[] zero = COMB[4 * turn];
            long[] one = COMB[4 * turn + 1];
            long[] two = COMB[4 * turn + 2];
            long[] three = COMB[4 * turn + 3];
            for (int i = 0; i < COLUMN; i++) {
                long column = columns[i];
                long bit0 = -(column & 1);
                long bit1 = -((column >>> 1) & 1);
                long four =
                        either(bit1, either(bit0, zero[i], one[i]), either(bit0, two[i], three[i]));
                picked[i] |= four & onesIfEqual(column >>> 2, turn);
            }
        }
        return picked;
    }

    private static long onesIfEqual(long a, long b) {
        return -(((a ^ b) - 1) >>> 63);
    }

    /// `one` where the bits of `choice` are set, else `zero`.
    private static long either(long choice, long zero, long one) {
        return zero ^ (choice & (zero ^ one));
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

    private static long[][] comb() {
        EdwardsPoint[] points = new EdwardsPoint[COLUMNS * ROWS];
        EdwardsPoint first = EdwardsPoint.base();
        for (int row = 0; row < ROWS; row++) {
            EdwardsPoint[] odd = Multiples.odd(first, COLUMNS);
            for (int j = 0; j < COLUMNS; j++) {
                points[j * ROWS + row] = odd[j];
            }
            first.twice(BITS);
        }
        Addend[] entries = Multiples.affine(points);
        long[][] table = new long[COLUMNS][COLUMN];
        for (int i = 0; i < entries.length; i++) {
            long[] column = table[i / ROWS];
            int at = i % ROWS;
            entries[i].yPlusX.store(column, at, ROWS);
            entries[i].yMinusX.store(column, at + COLUMN / 3, ROWS);
            entries[i].t2d.store(column, at + 2 * COLUMN / 3, ROWS);
        }
        return table;
    }
}
