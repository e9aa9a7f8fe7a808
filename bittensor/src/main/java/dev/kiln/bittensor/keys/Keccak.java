package dev.kiln.bittensor.keys;

/// The permutation Keccak-f[1600] (FIPS 202) on 25 lanes of 64 bits, lane x + 5y first in the order of the bytes.
final class Keccak {
    /// Lanes in a state.
    static final int LANES = 25;

    private static final long[] ROUND_CONSTANTS = {
        0x0000000000000001L,
        0x0000000000008082L,
        0x800000000000808aL,
        0x8000000080008000L,
        0x000000000000808bL,
        0x0000000080000001L,
        0x8000000080008081L,
        0x8000000000008009L,
        0x000000000000008aL,
        0x0000000000000088L,
        0x0000000080008009L,
        0x000000008000000aL,
        0x000000008000808bL,
        0x800000000000008bL,
        0x8000000000008089L,
        0x8000000000008003L,
        0x8000000000008002L,
        0x8000000000000080L,
        0x000000000000800aL,
        0x800000008000000aL,
        0x8000000080008081L,
        0x8000000000008080L,
        0x0000000080000001L,
        0x8000000080008008L
    };

    private Keccak() {}

    /// Permutes the state.
    static void permute(long[] state) {
        long[] other = new long[LANES];
        long[] parities = new long[5];
        for (int round = 0; round < ROUND_CONSTANTS.length; round += 2) {
            round(state, other, parities, ROUND_CONSTANTS[round]);
            round(other, state, parities, ROUND_CONSTANTS[round + 1]);
        }
    }

    private static void round(long[] a, long[] b, long[] parities, long constant) {
        parities(a, parities);
        upperRows(a, parities, b);
        lowerRows(a, parities, b);
        b[0] ^= constant;
    }

    /// Theta: what every lane of a column is mixed with on its way into rho.
    private static void parities(long[] a, long[] d) {
        long c0 = a[0] ^ a[5] ^ a[10] ^ a[15] ^ a[20];
        long c1 = a[1] ^ a[6] ^ a[11] ^ a[16] ^ a[21];
        long c2 = a[2] ^ a[7] ^ a[12] ^ a[17] ^ a[22];
        long c3 = a[3] ^ a[8] ^ a[13] ^ a[18] ^ a[23];
        long c4 = a[4] ^ a[9] ^ a[14] ^ a[19] ^ a[24];
        d[0] = c4 ^ Long.rotateLeft(c1, 1);
        d[1] = c0 ^ Long.rotateLeft(c2, 1);
        d[2] = c1 ^ Long.rotateLeft(c3, 1);
        d[3] = c2 ^ Long.rotateLeft(c4, 1);
        d[4] = c3 ^ Long.rotateLeft(c0, 1);
    }

    /// Rho, pi and chi for the first three rows of the result.
    private static void upperRows(long[] a, long[] d, long[] b) {
        long d0 = d[0];
        long d1 = d[1];
        long d2 = d[2];
        long d3 = d[3];
        long d4 = d[4];
        long x0 = a[0] ^ d0;
        long x1 = Long.rotateLeft(a[6] ^ d1, 44);
        long x2 = Long.rotateLeft(a[12] ^ d2, 43);
        long x3 = Long.rotateLeft(a[18] ^ d3, 21);
        long x4 = Long.rotateLeft(a[24] ^ d4, 14);
        b[0] = x0 ^ (~x1 & x2);
        b[1] = x1 ^ (~x2 & x3);
        b[2] = x2 ^ (~x3 & x4);
        b[3] = x3 ^ (~x4 & x0);
        b[4] = x4 ^ (~x0 & x1);
        x0 = Long.rotateLeft(a[3] ^ d3, 28);
        x1 = Long.rotateLeft(a[9] ^ d4, 20);
        x2 = Long.rotateLeft(a[10] ^ d0, 3);
        x3 = Long.rotateLeft(a[16] ^ d1, 45);
        x4 = Long.rotateLeft(a[22] ^ d2, 61);
        b[5] = x0 ^ (~x1 & x2);
        b[6] = x1 ^ (~x2 & x3);
        b[7] = x2 ^ (~x3 & x4);
        b[8] = x3 ^ (~x4 & x0);
        b[9] = x4 ^ (~x0 & x1);
        x0 = Long.rotateLeft(a[1] ^ d1, 1);
        x1 = Long.rotateLeft(a[7] ^ d2, 6);
        x2 = Long.rotateLeft(a[13] ^ d3, 25);
        x3 = Long.rotateLeft(a[19] ^ d4, 8);
        x4 = Long.rotateLeft(a[20] ^ d0, 18);
        b[10] = x0 ^ (~x1 & x2);
        b[11] = x1 ^ (~x2 & x3);
        b[12] = x2 ^ (~x3 & x4);
        b[13] = x3 ^ (~x4 & x0);
        b[14] = x4 ^ (~x0 & x1);
    }

    /// Rho, pi and chi for the last two rows of the result.
    private static void lowerRows(long[] a, long[] d, long[] b) {
        long d0 = d[0];
        long d1 = d[1];
        long d2 = d[2];
        long d3 = d[3];
        long d4 = d[4];
        long x0 = Long.rotateLeft(a[4] ^ d4, 27);
        long x1 = Long.rotateLeft(a[5] ^ d0, 36);
        long x2 = Long.rotateLeft(a[11] ^ d1, 10);
        long x3 = Long.rotateLeft(a[17] ^ d2, 15);
        long x4 = Long.rotateLeft(a[23] ^ d3, 56);
        b[15] = x0 ^ (~x1 & x2);
        b[16] = x1 ^ (~x2 & x3);
        b[17] = x2 ^ (~x3 & x4);
        b[18] = x3 ^ (~x4 & x0);
        b[19] = x4 ^ (~x0 & x1);
        x0 = Long.rotateLeft(a[2] ^ d2, 62);
        x1 = Long.rotateLeft(a[8] ^ d3, 55);
        x2 = Long.rotateLeft(a[14] ^ d4, 39);
        x3 = Long.rotateLeft(a[15] ^ d0, 41);
        x4 = Long.rotateLeft(a[21] ^ d1, 2);
        b[20] = x0 ^ (~x1 & x2);
        b[21] = x1 ^ (~x2 & x3);
        b[22] = x2 ^ (~x3 & x4);
        b[23] = x3 ^ (~x4 & x0);
        b[24] = x4 ^ (~x0 & x1);
    }
}
