package dev.kiln.bittensor.keys;

import java.util.Arrays;

/// Base58 in Bitcoin's alphabet, for short inputs: the time grows with the square of the length.
final class Base58 {
    private static final String ALPHABET =
            "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
    private static final int BASE = 58;
    private static final byte[] VALUES = values();

    private Base58() {}

    private static byte[] values() {
        byte[] values = new byte[128];
        Arrays.fill(values, (byte) -1);
        for (int i = 0; i < BASE; i++) {
            values[ALPHABET.charAt(i)] = (byte) i;
        }
        return values;
    }

    static String encode(byte[] in) {
        // log 256 / log 58 is below 1.366.
        byte[] digits = new byte[in.length * 1366 / 1000 + 1];
        for (byte b : in) {
            int carry = b & 0xff;
            for (int i = digits.length - 1; i >= 0; i--) {
                carry += digits[i] << 8;
                digits[i] = (byte) (carry % BASE);
                carry /= BASE;
            }
        }
        StringBuilder text = new StringBuilder();
        text.repeat(ALPHABET.charAt(0), leadingZeros(in));
        for (int i = leadingZeros(digits); i < digits.length; i++) {
            text.append(ALPHABET.charAt(digits[i]));
        }
        return text.toString();
    }

    /// The bytes, or none at all if the text is empty or holds a character outside the alphabet.
    static byte[] decode(String text) {
        byte[] bytes = new byte[text.length()];
        int ones = 0;
        for (int at = 0; at < text.length(); at++) {
            char c = text.charAt(at);
            int carry = c < VALUES.length ? VALUES[c] : -1;
            if (carry < 0) {
                return new byte[0];
            }
            ones += carry == 0 && ones == at ? 1 : 0;
            for (int i = bytes.length - 1; i >= 0; i--) {
                carry += (bytes[i] & 0xff) * BASE;
                bytes[i] = (byte) carry;
                carry >>>= 8;
            }
        }
        int start = leadingZeros(bytes) - ones;
        return Arrays.copyOfRange(bytes, start, bytes.length);
    }

    private static int leadingZeros(byte[] bytes) {
        int zeros = 0;
        while (zeros < bytes.length && bytes[zeros] == 0) {
            zeros++;
        }
        return zeros;
    }
}
