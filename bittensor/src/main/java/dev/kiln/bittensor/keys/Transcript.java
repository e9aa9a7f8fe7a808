package dev.kiln.bittensor.keys;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Arrays;

/// A Merlin transcript: labelled messages go in, challenges that depend on all of them come out.
///
/// **Threads:** owned by the one that made it.
final class Transcript {
    private static final int RANDOM_BYTES = 32;

    private final Strobe strobe;

    Transcript(String protocol) {
        strobe = new Strobe("Merlin v1.0");
        append("dom-sep", protocol.getBytes(StandardCharsets.US_ASCII));
    }

    private Transcript(Strobe strobe) {
        this.strobe = strobe;
    }

    /// A copy that goes its own way from here.
    Transcript fork() {
        return new Transcript(new Strobe(strobe));
    }

    void append(String label, byte[] message) {
        frame(label, message.length);
        strobe.ad(message);
    }

    byte[] challenge(String label, int length) {
        frame(label, length);
        return strobe.prf(length);
    }

    /// A challenge of 64 bytes modulo the group order.
    byte[] challengeScalar(String label) {
        return Scalar.reduce(challenge(label, 2 * Scalar.SIZE));
    }

    /// Secret bytes that depend on everything in the transcript, on a secret seed and on fresh randomness, so that
    /// neither a broken random source nor a repeated transcript alone gives them away. Leaves the transcript as it is.
    ///
    /// Merlin keys its branch with the seed and with the randomness in two steps. One key of both holds as much and
    /// costs a permutation less; nobody but the signer can tell, as nobody else knows either.
    byte[] witness(String label, byte[] secret, SecureRandom random, int length) {
        byte[] fresh = new byte[RANDOM_BYTES];
        random.nextBytes(fresh);
        byte[] key = Arrays.copyOf(secret, secret.length + RANDOM_BYTES);
        System.arraycopy(fresh, 0, key, secret.length, RANDOM_BYTES);
        Strobe branch = new Strobe(strobe);
        branch.metaAd(label.getBytes(StandardCharsets.US_ASCII));
        branch.metaAdLength(key.length);
        branch.key(key);
        branch.metaAd(littleEndian(length));
        byte[] out = branch.prf(length);
        branch.wipe();
        Arrays.fill(key, (byte) 0);
        return out;
    }

    private void frame(String label, int length) {
        strobe.metaAd(label.getBytes(StandardCharsets.US_ASCII));
        strobe.metaAdLength(length);
    }

    private static byte[] littleEndian(int length) {
        return new byte[] {
            (byte) length, (byte) (length >>> 8), (byte) (length >>> 16), (byte) (length >>> 24)
        };
    }
}
