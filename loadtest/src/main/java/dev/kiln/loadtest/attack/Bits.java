package dev.kiln.loadtest.attack;

import dev.kiln.bittensor.keys.KeyPair;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.function.UnaryOperator;

/// Signatures taken apart and put together wrongly.
final class Bits {
    /// The order of the group that both schemes share, and the field's prime.
    private static final BigInteger ORDER =
            BigInteger.TWO.pow(252).add(new BigInteger("27742317777372353535851937790883648493"));

    private static final BigInteger PRIME =
            BigInteger.TWO.pow(255).subtract(BigInteger.valueOf(19));
    private static final int HALF = 32;
    private static final byte MARKER = (byte) 0x80;
    private static final int HEX_DIGIT_MASK = 1;

    private Bits() {}

    /// The text with the last bit of one of its hex digits turned.
    static UnaryOperator<String> turned(int place) {
        return text -> {
            int digit = Character.digit(text.charAt(place), 16) ^ HEX_DIGIT_MASK;
            return text.substring(0, place)
                    + Character.forDigit(digit, 16)
                    + text.substring(place + 1);
        };
    }

    /// What a change makes of the bytes of a header's hex digits.
    static UnaryOperator<String> bytes(UnaryOperator<byte[]> change) {
        return text ->
                "0x"
                        + HexFormat.of()
                                .formatHex(
                                        change.apply(HexFormat.of().parseHex(text.substring(2))));
    }

    /// The same number s, written once more around the group: s + order.
    ///
    /// @param marked whether the last bit is sr25519's marker and no part of s
    static UnaryOperator<byte[]> plusOrder(boolean marked) {
        return signature -> {
            byte[] s = Arrays.copyOfRange(signature, HALF, 2 * HALF);
            if (marked) {
                s[HALF - 1] &= (byte) ~MARKER;
            }
            byte[] sum = littleEndian(number(s).add(ORDER));
            if (marked) {
                sum[HALF - 1] |= MARKER;
            }
            byte[] changed = signature.clone();
            System.arraycopy(sum, 0, changed, HALF, HALF);
            return changed;
        };
    }

    /// R written as its negative, which ristretto's encoding forbids.
    static byte[] negatedR(byte[] signature) {
        byte[] changed = signature.clone();
        BigInteger r = number(Arrays.copyOf(signature, HALF));
        System.arraycopy(littleEndian(PRIME.subtract(r)), 0, changed, 0, HALF);
        return changed;
    }

    /// R over the field's prime.
    static byte[] hugeR(byte[] signature) {
        byte[] changed = signature.clone();
        Arrays.fill(changed, 0, HALF, (byte) 0xff);
        return changed;
    }

    /// Without sr25519's marker.
    static byte[] unmarked(byte[] signature) {
        byte[] changed = signature.clone();
        changed[changed.length - 1] &= (byte) ~MARKER;
        return changed;
    }

    /// R and s zero, marked: it holds under the neutral key for whoever does not look at the key.
    static byte[] zeroMarked() {
        byte[] zero = new byte[2 * HALF];
        zero[zero.length - 1] = MARKER;
        return zero;
    }

    /// R the neutral point, s zero: the same for ed25519.
    static byte[] neutralEd25519() {
        byte[] signature = new byte[2 * HALF];
        signature[0] = 1;
        return signature;
    }

    /// What a wallet extension signs when it is asked to sign text.
    static byte[] wrapped(KeyPair key, byte[] message) {
        String text = new String(message, StandardCharsets.UTF_8);
        return key.sign(("<Bytes>" + text + "</Bytes>").getBytes(StandardCharsets.UTF_8));
    }

    private static BigInteger number(byte[] littleEndian) {
        return new BigInteger(1, reversed(littleEndian));
    }

    private static byte[] littleEndian(BigInteger number) {
        byte[] big = number.toByteArray();
        byte[] padded = new byte[HALF];
        int length = Math.min(HALF, big.length);
        System.arraycopy(big, big.length - length, padded, HALF - length, length);
        return reversed(padded);
    }

    private static byte[] reversed(byte[] bytes) {
        byte[] other = new byte[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            other[i] = bytes[bytes.length - 1 - i];
        }
        return other;
    }
}
