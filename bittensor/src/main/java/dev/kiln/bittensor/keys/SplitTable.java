package dev.kiln.bittensor.keys;

import dev.kiln.bittensor.keys.EdwardsPoint.Addend;

/// Multiples of one point from which public products are summed with an eighth of the doublings: the odd ones of the
/// point, of 2^32 times it, of 2^64 times it and so on. About 16 KiB for a window of 5.
///
/// **Threads:** immutable.
final class SplitTable {
    private static final int ROWS = 8;
    private static final int STEP = 32;
    private static final int BASE_WINDOW = 8;

    private final int window;
    private final Addend[] odd;

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
        this.odd = Multiples.affine(points);
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
        for (int i = STEP - 1; i >= 0; i--) {
            sum.twice();
            for (int row = 0; row < ROWS; row++) {
                add(sum, row, digitsA[row * STEP + i]);
                Base.TABLE.add(sum, row, digitsB[row * STEP + i]);
            }
        }
        return sum;
    }

    private void add(EdwardsPoint sum, int row, int digit) {
        if (digit > 0) {
            sum.add(odd[row * columns() + digit / 2]);
        } else if (digit < 0) {
            sum.subtract(odd[row * columns() - digit / 2]);
        }
    }

    private int columns() {
        return 1 << (window - 2);
    }
}
