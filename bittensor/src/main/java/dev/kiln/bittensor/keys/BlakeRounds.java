package dev.kiln.bittensor.keys;

import java.util.Arrays;

/// Argon2's permutation of a block: sixteen rounds of BLAKE2b with multiplications, eight over its rows, then eight over
/// its columns.
///
/// Eight rounds do not depend on each other, so they run side by side: long `v` of round `i` lies at `8 * v + i`, and each
/// quarter of a round is one short loop over neighbours, which the JIT makes vector instructions of. Blocks stay in that
/// order in memory ([#ordered], [#plain]); between rows and columns they are turned.
///
/// **Threads:** confined to one.
final class BlakeRounds {
    /// Longs in a block.
    static final int BLOCK = 128;

    /// The same four longs of all eight rounds.
    private static final int QUARTER = 32;

    // Where the quarters lie while they are mixed; behind each but the first there is room for what
    // a diagonal wraps.
    private static final int B = 32;
    private static final int C = 72;
    private static final int D = 120;
    private static final int SPACE = 176;

    private final long[] rows = new long[SPACE];
    private final long[] columns = new long[SPACE];

    /// The block as it is kept in memory.
    static long[] ordered(long[] plain) {
        long[] ordered = new long[BLOCK];
        for (int at = 0; at < BLOCK; at++) {
            ordered[8 * (at % 16) + at / 16] = plain[at];
        }
        return ordered;
    }

    /// The block as the standard numbers its longs.
    static long[] plain(long[] ordered) {
        long[] plain = new long[BLOCK];
        for (int at = 0; at < BLOCK; at++) {
            plain[at] = ordered[8 * (at % 16) + at / 16];
        }
        return plain;
    }

    /// With `x` for one block XOR another, puts `x` XOR its permutation at `to`.
    ///
    /// @param over whether what lies at `to` is XORed too
    void mix(long[] memory, int one, int other, int to, boolean over) {
        join(memory, one, other, 0);
        join(memory, one + QUARTER, other + QUARTER, B);
        join(memory, one + 2 * QUARTER, other + 2 * QUARTER, C);
        join(memory, one + 3 * QUARTER, other + 3 * QUARTER, D);
        round(rows);
        turn(rows, columns);
        round(columns);
        turn(columns, rows);
        if (!over) {
            Arrays.fill(memory, to, to + BLOCK, 0);
        }
        put(memory, one, other, to, 0);
        put(memory, one + QUARTER, other + QUARTER, to + QUARTER, B);
        put(memory, one + 2 * QUARTER, other + 2 * QUARTER, to + 2 * QUARTER, C);
        put(memory, one + 3 * QUARTER, other + 3 * QUARTER, to + 3 * QUARTER, D);
    }

    private void join(long[] memory, int one, int other, int at) {
        for (int i = 0; i < QUARTER; i++) {
            rows[at + i] = memory[one + i] ^ memory[other + i];
        }
    }

    private void put(long[] memory, int one, int other, int to, int at) {
        for (int i = 0; i < QUARTER; i++) {
            memory[to + i] ^= rows[at + i] ^ memory[one + i] ^ memory[other + i];
        }
    }

    private static void round(long[] v) {
        straight(v);
        System.arraycopy(v, B, v, B + QUARTER, 8);
        System.arraycopy(v, C, v, C + QUARTER, 16);
        System.arraycopy(v, D, v, D + QUARTER, 24);
        diagonal(v);
    }

    private static void straight(long[] v) {
        for (int i = 0; i < QUARTER; i++) {
            long a = sum(v[i], v[B + i]);
            v[i] = a;
            v[D + i] = Long.rotateRight(v[D + i] ^ a, 32);
        }
        for (int i = 0; i < QUARTER; i++) {
            long c = sum(v[C + i], v[D + i]);
            v[C + i] = c;
            v[B + i] = Long.rotateRight(v[B + i] ^ c, 24);
        }
        for (int i = 0; i < QUARTER; i++) {
            long a = sum(v[i], v[B + i]);
            v[i] = a;
            v[D + i] = Long.rotateRight(v[D + i] ^ a, 16);
        }
        for (int i = 0; i < QUARTER; i++) {
            long c = sum(v[C + i], v[D + i]);
            v[C + i] = c;
            v[B + i] = Long.rotateRight(v[B + i] ^ c, 63);
        }
    }

    /// The same with the second, third and fourth quarter moved on by one, two and three longs of a round.
    private static void diagonal(long[] v) {
        for (int i = 0; i < QUARTER; i++) {
            long a = sum(v[i], v[B + 8 + i]);
            v[i] = a;
            v[D + 24 + i] = Long.rotateRight(v[D + 24 + i] ^ a, 32);
        }
        for (int i = 0; i < QUARTER; i++) {
            long c = sum(v[C + 16 + i], v[D + 24 + i]);
            v[C + 16 + i] = c;
            v[B + 8 + i] = Long.rotateRight(v[B + 8 + i] ^ c, 24);
        }
        for (int i = 0; i < QUARTER; i++) {
            long a = sum(v[i], v[B + 8 + i]);
            v[i] = a;
            v[D + 24 + i] = Long.rotateRight(v[D + 24 + i] ^ a, 16);
        }
        for (int i = 0; i < QUARTER; i++) {
            long c = sum(v[C + 16 + i], v[D + 24 + i]);
            v[C + 16 + i] = c;
            v[B + 8 + i] = Long.rotateRight(v[B + 8 + i] ^ c, 63);
        }
    }

    private static long sum(long x, long y) {
        return x + y + 2 * ((x & 0xffffffffL) * (y & 0xffffffffL));
    }

    /// From the order of rows to that of columns, or back; what a diagonal has wrapped is unwrapped on the way.
    private static void turn(long[] from, long[] to) {
        turn(from, 0, to, 0);
        turn(from, 1, to, 16);
        turn(from, 2, to, B);
        turn(from, 3, to, B + 16);
        turn(from, 4, to, C);
        turn(from, 5, to, C + 16);
        turn(from, 6, to, D);
        turn(from, 7, to, D + 16);
    }

    /// Round `i` of one order makes two longs of each round of the other.
    private static void turn(long[] from, int i, long[] to, int at) {
        to[at] = from[i];
        to[at + 8] = from[8 + i];
        to[at + 1] = from[16 + i];
        to[at + 9] = from[24 + i];
        to[at + 2] = from[B + 32 + i];
        to[at + 10] = from[B + 8 + i];
        to[at + 3] = from[B + 16 + i];
        to[at + 11] = from[B + 24 + i];
        to[at + 4] = from[C + 32 + i];
        to[at + 12] = from[C + 40 + i];
        to[at + 5] = from[C + 16 + i];
        to[at + 13] = from[C + 24 + i];
        to[at + 6] = from[D + 32 + i];
        to[at + 14] = from[D + 40 + i];
        to[at + 7] = from[D + 48 + i];
        to[at + 15] = from[D + 24 + i];
    }
}
