package dev.kiln.bittensor.keys;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.math.BigInteger;
import java.nio.ByteOrder;
import java.util.Arrays;

/// A mutable integer modulo p = 2^255 - 19 in five limbs of 51 bits. Every operation writes its result into `this`,
/// which may be one of the operands, and takes the same time whatever the values are.
///
/// A result of [#mul], [#sqr] and [#decode] is *tight*: every limb is below 2^51 + 2^18. [#add] and [#sub] take tight
/// operands or the sum of two tight ones and do not carry; [#mul] and [#sqr] take limbs below 2^54, so one sum or
/// difference of sums needs no carry between.
///
/// Products are split at bit 54 without a 128-bit sum: with H the sum of the upper parts floor(xy / 2^54) and L the sum
/// of the products modulo 2^64, the sum of the lower parts is L - H * 2^54, which is below 2^57 and so exact; H counts
/// eight times in the next limb. At bit 54 a shift of one operand is enough and fits, which leaves fewer numbers to hold
/// at once than a split at bit 51, for which both are shifted.
final class FieldElement {
    /// Bytes of an encoded element.
    static final int SIZE = 32;

    private static final long MASK = (1L << 51) - 1;
    // A shift of one operand by 10 brings bit 54 of a product to bit 64.
    private static final int SPLIT = 54;
    private static final int LEFT = Long.SIZE - SPLIT;
    private static final long EXCESS = 1L << (SPLIT - 51);
    // Four times p, limb by limb: added before a subtraction so that no limb goes below zero.
    private static final long FOUR_P0 = 4 * (MASK - 18);
    private static final long FOUR_P = 4 * MASK;
    private static final VarHandle LONG =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private long l0;
    private long l1;
    private long l2;
    private long l3;
    private long l4;

    /// Zero.
    FieldElement() {}

    /// A constant from its decimal text.
    static FieldElement of(String decimal) {
        byte[] bigEndian = new BigInteger(decimal).toByteArray();
        byte[] littleEndian = new byte[SIZE];
        for (int i = 0; i < bigEndian.length; i++) {
            littleEndian[i] = bigEndian[bigEndian.length - 1 - i];
        }
        return new FieldElement().decode(littleEndian, 0);
    }

    FieldElement set(FieldElement x) {
        l0 = x.l0;
        l1 = x.l1;
        l2 = x.l2;
        l3 = x.l3;
        l4 = x.l4;
        return this;
    }

    /// @param small from 0 to 2^51 - 1
    FieldElement set(long small) {
        l0 = small;
        l1 = 0;
        l2 = 0;
        l3 = 0;
        l4 = 0;
        return this;
    }

    FieldElement add(FieldElement x, FieldElement y) {
        l0 = x.l0 + y.l0;
        l1 = x.l1 + y.l1;
        l2 = x.l2 + y.l2;
        l3 = x.l3 + y.l3;
        l4 = x.l4 + y.l4;
        return this;
    }

    FieldElement sub(FieldElement x, FieldElement y) {
        l0 = x.l0 - y.l0 + FOUR_P0;
        l1 = x.l1 - y.l1 + FOUR_P;
        l2 = x.l2 - y.l2 + FOUR_P;
        l3 = x.l3 - y.l3 + FOUR_P;
        l4 = x.l4 - y.l4 + FOUR_P;
        return this;
    }

    /// Minus `x`, tight.
    FieldElement negate(FieldElement x) {
        return carried(FOUR_P0 - x.l0, FOUR_P - x.l1, FOUR_P - x.l2, FOUR_P - x.l3, FOUR_P - x.l4);
    }

    FieldElement mul(FieldElement x, FieldElement y) {
        long x0 = x.l0;
        long x1 = x.l1;
        long x2 = x.l2;
        long x3 = x.l3;
        long x4 = x.l4;
        long y0 = y.l0;
        long y1 = y.l1;
        long y2 = y.l2;
        long y3 = y.l3;
        long y4 = y.l4;
        long z1 = 19 * y1;
        long z2 = 19 * y2;
        long z3 = 19 * y3;
        long z4 = 19 * y4;
        long h0 = high(x0, y0) + high(x1, z4) + high(x2, z3) + high(x3, z2) + high(x4, z1);
        long h1 = high(x0, y1) + high(x1, y0) + high(x2, z4) + high(x3, z3) + high(x4, z2);
        long h2 = high(x0, y2) + high(x1, y1) + high(x2, y0) + high(x3, z4) + high(x4, z3);
        long h3 = high(x0, y3) + high(x1, y2) + high(x2, y1) + high(x3, y0) + high(x4, z4);
        long h4 = high(x0, y4) + high(x1, y3) + high(x2, y2) + high(x3, y1) + high(x4, y0);
        return carried(
                x0 * y0 + x1 * z4 + x2 * z3 + x3 * z2 + x4 * z1 - (h0 << SPLIT) + 19 * EXCESS * h4,
                x0 * y1 + x1 * y0 + x2 * z4 + x3 * z3 + x4 * z2 - (h1 << SPLIT) + EXCESS * h0,
                x0 * y2 + x1 * y1 + x2 * y0 + x3 * z4 + x4 * z3 - (h2 << SPLIT) + EXCESS * h1,
                x0 * y3 + x1 * y2 + x2 * y1 + x3 * y0 + x4 * z4 - (h3 << SPLIT) + EXCESS * h2,
                x0 * y4 + x1 * y3 + x2 * y2 + x3 * y1 + x4 * y0 - (h4 << SPLIT) + EXCESS * h3);
    }

    FieldElement sqr(FieldElement x) {
        return sqr(x, 1);
    }

    /// `x` squared `times` times, at least once.
    FieldElement sqr(FieldElement x, int times) {
        long x0 = x.l0;
        long x1 = x.l1;
        long x2 = x.l2;
        long x3 = x.l3;
        long x4 = x.l4;
        for (int left = times; left > 0; left--) {
            long d0 = 2 * x0;
            long d1 = 2 * x1;
            long z3 = 19 * x3;
            long z4 = 19 * x4;
            long e3 = 2 * z3;
            long e4 = 2 * z4;
            long h0 = high(x0, x0) + high(x1, e4) + high(x2, e3);
            long h1 = high(x1, d0) + high(x2, e4) + high(x3, z3);
            long h2 = high(x2, d0) + high(x1, x1) + high(x3, e4);
            long h3 = high(x3, d0) + high(x2, d1) + high(x4, z4);
            long h4 = high(x4, d0) + high(x3, d1) + high(x2, x2);
            long c0 = x0 * x0 + x1 * e4 + x2 * e3 - (h0 << SPLIT) + 19 * EXCESS * h4;
            long c1 = x1 * d0 + x2 * e4 + x3 * z3 - (h1 << SPLIT) + EXCESS * h0;
            long c2 = x2 * d0 + x1 * x1 + x3 * e4 - (h2 << SPLIT) + EXCESS * h1;
            long c3 = x3 * d0 + x2 * d1 + x4 * z4 - (h3 << SPLIT) + EXCESS * h2;
            long c4 = x4 * d0 + x3 * d1 + x2 * x2 - (h4 << SPLIT) + EXCESS * h3;
            x0 = (c0 & MASK) + 19 * (c4 >>> 51);
            x1 = (c1 & MASK) + (c0 >>> 51);
            x2 = (c2 & MASK) + (c1 >>> 51);
            x3 = (c3 & MASK) + (c2 >>> 51);
            x4 = (c4 & MASK) + (c3 >>> 51);
        }
        limbs(x0, x1, x2, x3, x4);
        return this;
    }

    /// floor(xy / 2^54) for x below 2^54.
    private static long high(long x, long y) {
        return Math.unsignedMultiplyHigh(x << LEFT, y);
    }

    private FieldElement carried(long c0, long c1, long c2, long c3, long c4) {
        l0 = (c0 & MASK) + 19 * (c4 >>> 51);
        l1 = (c1 & MASK) + (c0 >>> 51);
        l2 = (c2 & MASK) + (c1 >>> 51);
        l3 = (c3 & MASK) + (c2 >>> 51);
        l4 = (c4 & MASK) + (c3 >>> 51);
        return this;
    }

    /// Takes `x` where `choice` is 1 and stays as it is where it is 0.
    void assignIf(int choice, FieldElement x) {
        long mask = -(long) choice;
        l0 ^= mask & (l0 ^ x.l0);
        l1 ^= mask & (l1 ^ x.l1);
        l2 ^= mask & (l2 ^ x.l2);
        l3 ^= mask & (l3 ^ x.l3);
        l4 ^= mask & (l4 ^ x.l4);
    }

    /// Changes places with `x` where `choice` is 1.
    void swapIf(int choice, FieldElement x) {
        long mask = -(long) choice;
        long d0 = mask & (l0 ^ x.l0);
        long d1 = mask & (l1 ^ x.l1);
        long d2 = mask & (l2 ^ x.l2);
        long d3 = mask & (l3 ^ x.l3);
        long d4 = mask & (l4 ^ x.l4);
        limbs(l0 ^ d0, l1 ^ d1, l2 ^ d2, l3 ^ d3, l4 ^ d4);
        x.limbs(x.l0 ^ d0, x.l1 ^ d1, x.l2 ^ d2, x.l3 ^ d3, x.l4 ^ d4);
    }

    /// Becomes its own negative where `choice` is 1.
    void negateIf(int choice) {
        assignIf(choice, new FieldElement().negate(this));
    }

    /// 1 where both are the same number, else 0.
    static int equal(FieldElement x, FieldElement y) {
        return new FieldElement().sub(x, y).isZero();
    }

    /// 1 for zero, else 0.
    int isZero() {
        FieldElement r = new FieldElement().set(this).reduce();
        long bits = r.l0 | r.l1 | r.l2 | r.l3 | r.l4;
        return (int) ((bits | -bits) >>> 63) ^ 1;
    }

    /// The lowest bit of the canonical form: 1 for the "negative" half of the field.
    int isNegative() {
        return (int) new FieldElement().set(this).reduce().l0 & 1;
    }

    /// Takes 32 little-endian bytes, ignoring the highest bit and accepting numbers from p up.
    FieldElement decode(byte[] in, int at) {
        return unpack(
                (long) LONG.get(in, at),
                (long) LONG.get(in, at + 8),
                (long) LONG.get(in, at + 16),
                (long) LONG.get(in, at + 24));
    }

    /// Takes the four words that [#store] wrote.
    FieldElement load(long[] table, int at, int step) {
        return unpack(table[at], table[at + step], table[at + 2 * step], table[at + 3 * step]);
    }

    private FieldElement unpack(long w0, long w1, long w2, long w3) {
        l0 = w0 & MASK;
        l1 = ((w0 >>> 51) | (w1 << 13)) & MASK;
        l2 = ((w1 >>> 38) | (w2 << 26)) & MASK;
        l3 = ((w2 >>> 25) | (w3 << 39)) & MASK;
        l4 = (w3 >>> 12) & MASK;
        return this;
    }

    /// The canonical 32 little-endian bytes.
    byte[] encode() {
        long[] words = new long[4];
        store(words, 0, 1);
        byte[] out = new byte[SIZE];
        for (int i = 0; i < words.length; i++) {
            LONG.set(out, 8 * i, words[i]);
        }
        return out;
    }

    /// Writes the canonical form as four words of 64 bits, the lowest at `at` and each next one `step` on.
    void store(long[] table, int at, int step) {
        FieldElement r = new FieldElement().set(this).reduce();
        table[at] = r.l0 | (r.l1 << 51);
        table[at + step] = (r.l1 >>> 13) | (r.l2 << 38);
        table[at + 2 * step] = (r.l2 >>> 26) | (r.l3 << 25);
        table[at + 3 * step] = (r.l3 >>> 39) | (r.l4 << 12);
    }

    /// Whether these 32 bytes are what [#encode] would write.
    static boolean isCanonical(byte[] in, int at) {
        return Arrays.equals(
                new FieldElement().decode(in, at).encode(), 0, SIZE, in, at, at + SIZE);
    }

    /// Brings limbs below 2^63 to the one form below p.
    private FieldElement reduce() {
        carried(l0, l1, l2, l3, l4);
        carried(l0, l1, l2, l3, l4);
        // Now below 2p; q is 1 exactly where the number is p or more.
        long q = (l0 + 19) >>> 51;
        q = (l1 + q) >>> 51;
        q = (l2 + q) >>> 51;
        q = (l3 + q) >>> 51;
        q = (l4 + q) >>> 51;
        l0 += 19 * q;
        l1 += l0 >>> 51;
        l2 += l1 >>> 51;
        l3 += l2 >>> 51;
        l4 += l3 >>> 51;
        l0 &= MASK;
        l1 &= MASK;
        l2 &= MASK;
        l3 &= MASK;
        l4 &= MASK;
        return this;
    }

    private void limbs(long limb0, long limb1, long limb2, long limb3, long limb4) {
        l0 = limb0;
        l1 = limb1;
        l2 = limb2;
        l3 = limb3;
        l4 = limb4;
    }
}
