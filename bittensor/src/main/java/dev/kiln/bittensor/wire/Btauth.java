package dev.kiln.bittensor.wire;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.kiln.core.Hotkey;
import dev.kiln.core.Scheme;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;

/// The words of `btauth/1`: header names and the exact bytes that are signed.
public final class Btauth {
    /// First line of every signed payload, and the name routes use for this dialect.
    public static final String NAME = "btauth/1";

    /// What every header of the dialect begins with, compared without case.
    public static final String PREFIX = "X-Bittensor-";

    public static final String VERSION = "X-Bittensor-Version";
    public static final String HOTKEY = "X-Bittensor-Hotkey";
    public static final String RECEIVER = "X-Bittensor-Receiver";
    public static final String NONCE = "X-Bittensor-Nonce";
    public static final String CRYPTO = "X-Bittensor-Crypto";
    public static final String SIGNATURE = "X-Bittensor-Signature";

    /// The scheme of a message that names none.
    public static final Scheme DEFAULT_SCHEME = Scheme.SR25519;

    /// The receiver line of a message bound to nobody.
    private static final String NOBODY = "-";

    private Btauth() {}

    /// One message as it is signed.
    ///
    /// @param method upper-cased before it is signed
    /// @param target the raw request target as sent, never decoded or rebuilt
    /// @param bodyDigest SHA-256 of the raw body, 64 lower-case hex digits
    /// @param nonce nanoseconds since 1970 on the sender's clock
    /// @param receiver empty for a message bound to nobody
    public record Message(
            Scheme scheme,
            String method,
            String target,
            String bodyDigest,
            long nonce,
            Hotkey sender,
            Optional<Hotkey> receiver) {

        /// The eight lines that are signed, without a newline at the end.
        public byte[] payload() {
            return String.join(
                            "\n",
                            NAME,
                            scheme.wireName(),
                            method.toUpperCase(Locale.ROOT),
                            target,
                            bodyDigest,
                            Long.toString(nonce),
                            sender.ss58(),
                            receiver.map(Hotkey::ss58).orElse(NOBODY))
                    .getBytes(UTF_8);
        }
    }

    /// A signature as its header spells it.
    static String spell(byte[] signature) {
        return "0x" + HexFormat.of().formatHex(signature);
    }

    /// Characters in the signature header of a scheme. ML-DSA-65 will need 10,608.
    static int signatureChars(Scheme scheme) {
        return switch (scheme) {
            case ED25519, SR25519 -> 2 + 2 * 64;
        };
    }
}
