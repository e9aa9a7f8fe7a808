package dev.kiln.bittensor.keys;

import dev.kiln.bittensor.keys.EdwardsPoint.Addend;

/// Multiples of one point from which public products are summed with a sixteenth of the doublings: the odd ones of the
/// point, of 2^16 times it, of 2^32 times it and so on, packed in one array of 24 KiB for a window of 6.
///
/// **Threads:** immutable.
final class SplitTable {
    private static final int ROWS = 16;
    private static final int STEP = 16;
    private static final int BASE_WINDOW = 8;
    // Words of a packed element, and of Y+X, Y-X and 2dXY together.
    private static final int ELEMENT = 4;
    private static final int WORDS = 3 * ELEMENT;

    private final int window;
    private final long[] odd;

    /// @param window of the digits that will be looked up, from 3 to 8
    SplitTable(EdwardsPoint point, int window) {
        this.window = window;
        int columns = columns();
        EdwardsPoint[] points = new EdwardsPoint[ROWS * columns];
        EdwardsPoint first = new EdwardsPoint().set(point);
        for (int row = 0; row < ROWS; row++) {
            System.arraycopy(Multiples.odd(first, columns), 0, points, row * columns, columns);
            first.twice(STEP);
        }
        this.odd = packed(Multiples.affine(points));
    }

    private static long[] packed(Addend[] entries) {
        long[] words = new long[entries.length * WORDS];
        for (int i = 0; i < entries.length; i++) {
            entries[i].yPlusX.store(words, i * WORDS, 1);
            entries[i].yMinusX.store(words, i * WORDS + ELEMENT, 1);
            entries[i].t2d.store(words, i * WORDS + 2 * ELEMENT, 1);
        }
        return words;
    }

    /// Made when the first known caller comes back.
    private static final class Base {
        static final SplitTable TABLE = new SplitTable(EdwardsPoint.base(), BASE_WINDOW);
    }

    /// a times this point + b * B in a time that depends on the numbers: only for public ones.
    ///
    /// @param a 32 little-endian bytes of a number below 2^253, as `b`
    EdwardsPoint multiplyPublic(byte[] a, byte[] b) {
        byte[] digitsA = Digits.nonAdjacent(a, window);
        byte[] digitsB = Digits.nonAdjacent(b, BASE_WINDOW);
        EdwardsPoint sum = new EdwardsPoint();
        Addend entry = new Addend();
        for (int i = STEP - 1; i >= 0; i--) {
            sum.twice();
            for (int row = 0; row < ROWS; row++) {
                add(sum, entry, row, digitsA[row * STEP + i]);
                Base.TABLE.add(sum, entry, row, digitsB[row * STEP + i]);
            }
        }
        return sum;
    }

    private void add(EdwardsPoint sum, Addend entry, int row, int digit) {
        if (digit == 0) {
            return;
        }
        int at = (row * columns() + Math.abs(digit) / 2) * WORDS;
        entry.yPlusX.load(odd, at, 1);
        entry.yMinusX.load(odd, at + ELEMENT, 1);
        entry.t2d.load(odd, at + 2 * ELEMENT, 1);
        if (digit > 0) {
            sum.add(entry);
        } else {
            sum.subtract(entry);
        }
    }

    private int columns() {
        return 1 << (window - 2);
    }
}
