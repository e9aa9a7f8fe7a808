package dev.kiln.bittensor.keys;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Optional;

/// Schnorr signatures over ristretto255 as schnorrkel makes them with the context `substrate`.
///
/// A secret key is 64 bytes: a scalar below the group order (not multiplied by the cofactor) and a nonce seed.
final class Sr25519 {
    /// Bytes of a secret key.
    static final int SECRET = 64;

    /// Bytes of a signature.
    static final int SIGNATURE = 64;

    private static final int HALF = 32;
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final Transcript CONTEXT = context("substrate");

    private Sr25519() {}

    private static Transcript context(String name) {
        Transcript t = new Transcript("SigningContext");
        t.append("", ascii(name));
        return t;
    }

    /// Expands a mini secret key of 32 bytes as Ed25519 does, then divides the clamped scalar by the cofactor.
    static byte[] expand(byte[] seed) {
        byte[] hash = sha512(seed);
        hash[0] &= (byte) 248;
        hash[31] &= 63;
        hash[31] |= 64;
        for (int i = 0; i < HALF; i++) {
            int next = i < HALF - 1 ? hash[i + 1] & 7 : 0;
            hash[i] = (byte) (((hash[i] & 0xff) >>> 3) | (next << 5));
        }
        return hash;
    }

    static byte[] publicKey(byte[] secret) {
        return Ristretto.encode(BasePoint.multiply(scalar(secret)));
    }

    static byte[] sign(byte[] secret, byte[] publicKey, byte[] message) {
        return sign(CONTEXT.fork(), secret, publicKey, message);
    }

    /// Signs in a context that is not the network's.
    static byte[] signIn(String context, byte[] secret, byte[] publicKey, byte[] message) {
        return sign(context(context), secret, publicKey, message);
    }

    private static byte[] sign(Transcript t, byte[] secret, byte[] publicKey, byte[] message) {
        t.append("sign-bytes", message);
        t.append("proto-name", ascii("Schnorr-sig"));
        t.append("sign:pk", publicKey);
        byte[] wide = t.witness("signing", nonce(secret), RANDOM, 2 * Scalar.SIZE);
        byte[] r = Scalar.reduce(wide);
        byte[] encodedR = Ristretto.encode(BasePoint.multiply(r));
        t.append("sign:R", encodedR);
        byte[] k = t.challengeScalar("sign:c");
        byte[] key = scalar(secret);
        byte[] s = Scalar.multiplyAdd(k, key, r);
        Arrays.fill(wide, (byte) 0);
        Arrays.fill(r, (byte) 0);
        Arrays.fill(key, (byte) 0);
        byte[] signature = Arrays.copyOf(encodedR, SIGNATURE);
        System.arraycopy(s, 0, signature, HALF, HALF);
        signature[SIGNATURE - 1] |= (byte) 0x80;
        return signature;
    }

    /// Whether the signature holds: marker bit set, s below the group order, key a canonical encoding of an element
    /// other than the neutral one, and R the canonical encoding of s * B - k * A.
    static boolean verify(byte[] publicKey, byte[] message, byte[] signature) {
        if (!wellFormed(signature) || Ristretto.isIdentity(publicKey)) {
            return false;
        }
        Optional<EdwardsPoint> point = Ristretto.decode(publicKey, 0);
        if (point.isEmpty()) {
            return false;
        }
        EdwardsPoint minusA = point.get();
        minusA.negate();
        byte[] k = challenge(publicKey, message, signature);
        return isR(BasePoint.multiplyPublic(k, minusA, s(signature)), signature);
    }

    /// The same for a key whose signature has held before.
    ///
    /// @param minusA multiples of the public key's negative
    static boolean verify(byte[] publicKey, SplitTable minusA, byte[] message, byte[] signature) {
        if (!wellFormed(signature)) {
            return false;
        }
        byte[] k = challenge(publicKey, message, signature);
        return isR(minusA.multiplyPublic(k, s(signature)), signature);
    }

    private static boolean wellFormed(byte[] signature) {
        return signature.length == SIGNATURE
                && (signature[SIGNATURE - 1] & 0x80) != 0
                && Scalar.isCanonical(s(signature), 0);
    }

    private static byte[] s(byte[] signature) {
        byte[] s = Arrays.copyOfRange(signature, HALF, SIGNATURE);
        s[HALF - 1] &= 0x7f;
        return s;
    }

    private static byte[] challenge(byte[] publicKey, byte[] message, byte[] signature) {
        Transcript t = CONTEXT.fork();
        t.append("sign-bytes", message);
        t.append("proto-name", ascii("Schnorr-sig"));
        t.append("sign:pk", publicKey);
        t.append("sign:R", Arrays.copyOf(signature, HALF));
        return t.challengeScalar("sign:c");
    }

    private static boolean isR(EdwardsPoint r, byte[] signature) {
        return Arrays.equals(Ristretto.encode(r), 0, HALF, signature, 0, HALF);
    }

    /// The mini secret key of a hard-derived child.
    static byte[] deriveHard(byte[] secret, byte[] chainCode) {
        Transcript t = derivation(chainCode);
        t.append("secret-key", scalar(secret));
        return t.challenge("HDKD-hard", HALF);
    }

    /// The secret key of a soft-derived child. Its nonce seed is fresh at every call; its scalar is not.
    static byte[] deriveSoft(byte[] secret, byte[] chainCode) {
        Transcript t = derivation(chainCode);
        t.append("public-key", publicKey(secret));
        byte[] difference = t.challengeScalar("HDKD-scalar");
        byte[] nonce = t.witness("HDKD-nonce", secret, RANDOM, HALF);
        byte[] child = Arrays.copyOf(Scalar.add(scalar(secret), difference), SECRET);
        System.arraycopy(nonce, 0, child, HALF, HALF);
        return child;
    }

    private static Transcript derivation(byte[] chainCode) {
        Transcript t = new Transcript("SchnorrRistrettoHDKD");
        t.append("sign-bytes", new byte[0]);
        t.append("chain-code", chainCode);
        return t;
    }

    private static byte[] scalar(byte[] secret) {
        return Arrays.copyOf(secret, HALF);
    }

    private static byte[] nonce(byte[] secret) {
        return Arrays.copyOfRange(secret, HALF, SECRET);
    }

    private static byte[] sha512(byte[] data) {
        try {
            return MessageDigest.getInstance("SHA-512").digest(data);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-512", e);
        }
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
