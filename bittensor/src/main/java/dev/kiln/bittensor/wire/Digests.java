package dev.kiln.bittensor.wire;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/// Digests as these protocols use them.
final class Digests {
    private Digests() {}

    static byte[] sha256(byte[] bytes) {
        return digest("SHA-256", bytes);
    }

    private static byte[] digest(String algorithm, byte[] bytes) {
        try {
            return MessageDigest.getInstance(algorithm).digest(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has " + algorithm, e);
        }
    }

    /// SHA3-256 as FIPS 202 has it, 64 lower-case hex digits.
    static String sha3Hex(byte[] bytes) {
        return HexFormat.of().formatHex(digest("SHA3-256", bytes));
    }

    /// 64 lower-case hex digits.
    static String sha256Hex(byte[] bytes) {
        return HexFormat.of().formatHex(sha256(bytes));
    }
}
