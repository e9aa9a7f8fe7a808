package dev.kiln.bittensor.keys;

/// The round of BLAKE2b with Argon2's multiplications, over sixteen longs of a block.
final class BlakeRound {
    private BlakeRound() {}

    /// Mixes the eight pairs of longs at `base`, `base + stride` … in place.
    static void apply(long[] block, int base, int stride) {
        int v0 = base;
        int v2 = base + stride;
        int v4 = base + 2 * stride;
        int v6 = base + 3 * stride;
        int v8 = base + 4 * stride;
        int v10 = base + 5 * stride;
        int v12 = base + 6 * stride;
        int v14 = base + 7 * stride;
        mix(block, v0, v4, v8, v12);
        mix(block, v0 + 1, v4 + 1, v8 + 1, v12 + 1);
        mix(block, v2, v6, v10, v14);
        mix(block, v2 + 1, v6 + 1, v10 + 1, v14 + 1);
        mix(block, v0, v4 + 1, v10, v14 + 1);
        mix(block, v0 + 1, v6, v10 + 1, v12);
        mix(block, v2, v6 + 1, v8, v12 + 1);
        mix(block, v2 + 1, v4, v8 + 1, v14);
    }

    private static void mix(long[] v, int ia, int ib, int ic, int id) {
        long a = v[ia];
        long b = v[ib];
        long c = v[ic];
        long d = v[id];
        a = add(a, b);
        d = Long.rotateRight(d ^ a, 32);
        c = add(c, d);
        b = Long.rotateRight(b ^ c, 24);
        a = add(a, b);
        d = Long.rotateRight(d ^ a, 16);
        c = add(c, d);
        b = Long.rotateRight(b ^ c, 63);
        v[ia] = a;
        v[ib] = b;
        v[ic] = c;
        v[id] = d;
    }

    private static long add(long x, long y) {
        return x + y + 2 * (x & 0xffffffffL) * (y & 0xffffffffL);
    }
}
