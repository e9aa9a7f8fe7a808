package dev.kiln.bittensor.keys;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.bouncycastle.math.ec.rfc8032.Ed25519;

/// Ed25519 as Substrate uses it: the secret key is the 32-byte seed, and children are derived by hashing.
final class Ed25519Keys {
    /// Bytes of a seed.
    static final int SEED = 32;

    /// Bytes of a signature.
    static final int SIGNATURE = 64;

    private static final int HALF = 32;

    /// The y coordinates of the eight points whose order divides the cofactor, sign bit cleared.
    private static final List<byte[]> SMALL_ORDER =
            List.of(
                    hex("0000000000000000000000000000000000000000000000000000000000000000"),
                    hex("0100000000000000000000000000000000000000000000000000000000000000"),
                    hex("ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
                    hex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"),
                    hex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"));

    private Ed25519Keys() {}

    static byte[] publicKey(byte[] seed) {
        byte[] out = new byte[Ed25519.PUBLIC_KEY_SIZE];
        Ed25519.generatePublicKey(seed, 0, out, 0);
        return out;
    }

    static byte[] sign(byte[] seed, byte[] publicKey, byte[] message) {
        byte[] signature = new byte[SIGNATURE];
        Ed25519.sign(seed, 0, publicKey, 0, message, 0, message.length, signature, 0);
        return signature;
    }

    /// Whether the signature holds: s below the group order, key and R canonical and not of small order.
    static boolean verify(byte[] publicKey, byte[] message, byte[] signature) {
        return signature.length == SIGNATURE
                && !isSmallOrder(publicKey)
                && !isSmallOrder(signature)
                && Ed25519.verify(signature, 0, publicKey, 0, message, 0, message.length);
    }

    /// The seed of a hard-derived child; ed25519 has no soft ones.
    static byte[] deriveHard(byte[] seed, byte[] chainCode) {
        byte[] label = Scale.string("Ed25519HDKD");
        byte[] in = Arrays.copyOf(label, label.length + seed.length + chainCode.length);
        System.arraycopy(seed, 0, in, label.length, seed.length);
        System.arraycopy(chainCode, 0, in, label.length + seed.length, chainCode.length);
        return Blake2b.hash(in, HALF);
    }

    private static boolean isSmallOrder(byte[] encoded) {
        byte[] y = Arrays.copyOf(encoded, HALF);
        y[HALF - 1] &= 0x7f;
        return SMALL_ORDER.stream().anyMatch(small -> Arrays.equals(small, y));
    }

    private static byte[] hex(String text) {
        return HexFormat.of().parseHex(text);
    }
}
