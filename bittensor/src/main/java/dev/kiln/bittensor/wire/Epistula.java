package dev.kiln.bittensor.wire;

import static java.nio.charset.StandardCharsets.UTF_8;

/// The words of Epistula, version 2: header names and the exact bytes that are signed.
public final class Epistula {
    /// The name routes use for this dialect.
    public static final String NAME = "epistula";

    /// What the dialect's headers begin with, compared without case.
    public static final String PREFIX = "Epistula-";

    static final String VERSION = "Epistula-Version";
    static final String TIMESTAMP = "Epistula-Timestamp";
    static final String UUID = "Epistula-Uuid";
    static final String SIGNED_BY = "Epistula-Signed-By";
    static final String SIGNED_FOR = "Epistula-Signed-For";
    static final String SIGNATURE = "Epistula-Request-Signature";

    static final long NANOS_PER_MILLI = 1_000_000;

    private Epistula() {}

    /// One request as it is signed and as an answer is bound to it.
    ///
    /// @param timestamp milliseconds since 1970 on the sender's clock
    /// @param signedFor the receiver's address, empty for a request bound to nobody
    record Message(String method, String target, long timestamp, String uuid, String signedFor) {
        /// What is signed: the body, but neither method nor target.
        String signed(byte[] body) {
            return String.join(
                    ".", Digests.sha256Hex(body), uuid, Long.toString(timestamp), signedFor);
        }

        /// What an answer is bound to, without a newline at the end.
        ///
        /// @param signed the signed message
        byte[] bound(byte[] signed) {
            return String.join("\n", NAME, method, target, new String(signed, UTF_8))
                    .getBytes(UTF_8);
        }

        /// What must not come twice: many requests of one caller share a millisecond, so the UUID picks a nanosecond
        /// within it.
        long once() {
            byte[] digest = Digests.sha256(uuid.getBytes(UTF_8));
            long picked = 0;
            for (int i = 0; i < 7; i++) {
                picked = (picked << 8) | (digest[i] & 0xff);
            }
            return timestamp * NANOS_PER_MILLI + picked % NANOS_PER_MILLI;
        }
    }
}
