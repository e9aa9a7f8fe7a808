package dev.kiln.bittensor.keys;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// Writes public scalars in digits that are mostly zero.
final class Digits {
    private static final int COUNT = 256;
    private static final VarHandle LONG =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private Digits() {}

    /// Digits with scalar = sum of digit[i] * 2^i: each is 0 or odd and below 2^(window - 1) in size, and of any
    /// `window` neighbours at most one is not 0. The time depends on the scalar.
    ///
    /// @param scalar 32 little-endian bytes of a number below 2^253
    /// @param window from 2 to 8
    static byte[] nonAdjacent(byte[] scalar, int window) {
        long[] words = new long[5];
        for (int i = 0; i < 4; i++) {
            words[i] = (long) LONG.get(scalar, 8 * i);
        }
        byte[] digits = new byte[COUNT];
        int width = 1 << window;
        int carry = 0;
        for (int i = 0; i < COUNT; ) {
            int word = i >>> 6;
            int bit = i & 63;
            long bits = words[word] >>> bit;
            if (bit > 64 - window) {
                bits |= words[word + 1] << (64 - bit);
            }
            int digit = (int) (bits & (width - 1)) + carry;
            if ((digit & 1) == 0) {
                i++;
                continue;
            }
            carry = digit >= width / 2 ? 1 : 0;
            digits[i] = (byte) (digit - (carry << window));
            i += window;
        }
        return digits;
    }
}
