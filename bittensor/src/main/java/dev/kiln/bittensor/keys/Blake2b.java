package dev.kiln.bittensor.keys;

import org.bouncycastle.crypto.digests.Blake2bDigest;

/// BLAKE2b without a key.
final class Blake2b {
    private Blake2b() {}

    /// @param size bytes of the digest, from 1 to 64
    static byte[] hash(byte[] data, int size) {
        Blake2bDigest digest = new Blake2bDigest(8 * size);
        digest.update(data, 0, data.length);
        byte[] out = new byte[size];
        digest.doFinal(out, 0);
        return out;
    }
}
