package dev.kiln.bittensor.keys;

import dev.kiln.core.Hotkey;
import dev.kiln.core.Scheme;

/// Verifies signatures of either scheme, strictly: one message, one key and one scheme, no second reading of any of
/// them.
///
/// **Threads:** any.
public final class Signatures {
    /// Bytes of a signature of either scheme.
    public static final int LENGTH = 64;

    private Signatures() {}

    /// Whether the signature is the signer's over exactly these bytes. False, never an exception, for malformed input:
    /// a wrong length, a number or a point that is not in its canonical form, a key that binds nobody (the neutral or
    /// another point of small order), an sr25519 signature without its marker bit.
    public static boolean verify(Scheme scheme, Hotkey signer, byte[] message, byte[] signature) {
        return switch (scheme) {
            case SR25519 -> Sr25519.verify(signer.accountId(), message, signature);
            case ED25519 -> Ed25519Keys.verify(signer.accountId(), message, signature);
        };
    }
}
