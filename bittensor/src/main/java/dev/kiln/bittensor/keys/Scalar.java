package dev.kiln.bittensor.keys;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// Integers modulo the group order l = 2^252 + 27742317777372353535851937790883648493, as 32 little-endian bytes.
///
/// The sums and products are Montgomery products of eight 32-bit words and take the same time whatever the values are.
final class Scalar {
    /// Bytes of a scalar.
    static final int SIZE = 32;

    private static final int WORDS = 8;
    private static final long WORD = 0xffff_ffffL;
    private static final VarHandle INT =
            MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

    private static final long[] ORDER = {
        0x5cf5d3edL, 0x5812631aL, 0xa2f79cd6L, 0x14def9deL, 0, 0, 0, 0x10000000L
    };
    // -1 / l modulo 2^32.
    private static final long MINUS_INVERSE = 0x12547e1bL;
    // 2^256 and 2^512 modulo l.
    private static final long[] R1 = {
        0x8d98951dL,
        0xd6ec3174L,
        0x737dcf70L,
        0xc6ef5bf4L,
        0xfffffffeL,
        0xffffffffL,
        0xffffffffL,
        0x0fffffffL
    };
    private static final long[] R2 = {
        0x449c0f01L,
        0xa40611e3L,
        0x68859347L,
        0xd00e1ba7L,
        0x17f5be65L,
        0xceec73d2L,
        0x7c309a3dL,
        0x0399411bL
    };
    // 2^255 - 1 modulo l.
    private static final long[] ALL_ONES = {
        0x75473484L,
        0x977f4a47L,
        0x8b3ab623L,
        0x6de72ae9L,
        0xffffffffL,
        0xffffffffL,
        0xffffffffL,
        0x0fffffffL
    };

    private Scalar() {}

    /// Whether the 32 bytes from `at` are a number below l. Takes the same time for every number.
    static boolean isCanonical(byte[] in, int at) {
        long[] x = read(in, at);
        long borrow = 0;
        for (int i = 0; i < WORDS; i++) {
            borrow = (x[i] - ORDER[i] + borrow) >> 32;
        }
        return borrow != 0;
    }

    /// 64 little-endian bytes modulo l.
    static byte[] reduce(byte[] wide) {
        long[] low = multiply(read(wide, 0), R1);
        long[] high = multiply(read(wide, SIZE), R2);
        return write(add(low, high));
    }

    /// a * b + c modulo l, for any 32 bytes each.
    static byte[] multiplyAdd(byte[] a, byte[] b, byte[] c) {
        long[] product = multiply(multiply(read(a, 0), R2), read(b, 0));
        return write(add(product, multiply(read(c, 0), R1)));
    }

    /// a + b modulo l.
    static byte[] add(byte[] a, byte[] b) {
        return write(add(multiply(read(a, 0), R1), multiply(read(b, 0), R1)));
    }

    /// The number whose 255 bits, read as +1 and -1 in place of 1 and 0, stand for `a`: (a + 2^255 - 1) / 2 modulo l,
    /// though not always below l.
    ///
    /// @param a 32 little-endian bytes of a number below 2^255
    static byte[] signedBits(byte[] a) {
        long[] x = read(a, 0);
        long odd = (x[0] + ALL_ONES[0]) & 1;
        long carry = 0;
        for (int i = 0; i < WORDS; i++) {
            carry += x[i] + ALL_ONES[i] + (ORDER[i] & -odd);
            x[i] = carry & WORD;
            carry >>>= 32;
        }
        for (int i = 0; i < WORDS; i++) {
            long above = i < WORDS - 1 ? x[i + 1] : 0;
            x[i] = ((x[i] | (above << 32)) >>> 1) & WORD;
        }
        return write(x);
    }

    private static long[] add(long[] a, long[] b) {
        long[] sum = new long[WORDS];
        long carry = 0;
        for (int i = 0; i < WORDS; i++) {
            carry += a[i] + b[i];
            sum[i] = carry & WORD;
            carry >>>= 32;
        }
        return reduceOnce(sum);
    }

    /// a * b / 2^256 modulo l, canonical, for any a below 2^256 and any b below l.
    private static long[] multiply(long[] a, long[] b) {
        long[] t = new long[WORDS + 1];
        for (int i = 0; i < WORDS; i++) {
            long carry = 0;
            for (int j = 0; j < WORDS; j++) {
                carry += a[i] * b[j] + t[j];
                t[j] = carry & WORD;
                carry >>>= 32;
            }
            t[WORDS] += carry;
            long m = t[0] * MINUS_INVERSE & WORD;
            carry = (m * ORDER[0] + t[0]) >>> 32;
            for (int j = 1; j < WORDS; j++) {
                carry += m * ORDER[j] + t[j];
                t[j - 1] = carry & WORD;
                carry >>>= 32;
            }
            carry += t[WORDS];
            t[WORDS - 1] = carry & WORD;
            t[WORDS] = carry >>> 32;
        }
        return reduceOnce(t);
    }

    /// Takes l away once where the number is l or more; the number must be below 2l.
    private static long[] reduceOnce(long[] x) {
        long[] less = new long[WORDS];
        long borrow = 0;
        for (int i = 0; i < WORDS; i++) {
            borrow += x[i] - ORDER[i];
            less[i] = borrow & WORD;
            borrow >>= 32;
        }
        for (int i = 0; i < WORDS; i++) {
            less[i] ^= borrow & (less[i] ^ x[i]);
        }
        return less;
    }

    private static long[] read(byte[] in, int at) {
        long[] words = new long[WORDS];
        for (int i = 0; i < WORDS; i++) {
            words[i] = (int) INT.get(in, at + 4 * i) & WORD;
        }
        return words;
    }

    private static byte[] write(long[] words) {
        byte[] out = new byte[SIZE];
        for (int i = 0; i < WORDS; i++) {
            INT.set(out, 4 * i, (int) words[i]);
        }
        return out;
    }
}
