package dev.kiln.bittensor.wire;

import java.util.Arrays;

/// A set of nonces in eight bytes each, cheap where they come roughly in rising order.
///
/// **Threads:** none; its owner locks.
final class NonceSet {
    private static final int SMALLEST = 16;

    /// Sorted from `from` to `from + size`.
    private long[] sorted = new long[SMALLEST];

    private int from;
    private int size;

    int size() {
        return size;
    }

    /// Adds one nonce.
    ///
    /// @return false if it was there already
    boolean add(long nonce) {
        int found = Arrays.binarySearch(sorted, from, from + size, nonce);
        if (found >= 0) {
            return false;
        }
        int place = -found - 1 - from;
        if (from + size == sorted.length) {
            moveToFront();
        }
        int at = from + place;
        System.arraycopy(sorted, at, sorted, at + 1, size - place);
        sorted[at] = nonce;
        size++;
        return true;
    }

    /// Drops the lowest ones.
    ///
    /// @param count from 1 to [#size]
    /// @return the highest of those dropped
    long dropLowest(int count) {
        long highest = sorted[from + count - 1];
        from += count;
        size -= count;
        if (size == 0) {
            sorted = new long[SMALLEST];
            from = 0;
        }
        return highest;
    }

    /// How many are lower than a bound.
    int countBelow(long bound) {
        int found = Arrays.binarySearch(sorted, from, from + size, bound);
        return (found >= 0 ? found : -found - 1) - from;
    }

    private void moveToFront() {
        int room = size >= sorted.length / 2 ? sorted.length * 2 : sorted.length;
        long[] fresh = new long[room];
        System.arraycopy(sorted, from, fresh, 0, size);
        sorted = fresh;
        from = 0;
    }
}
