package dev.kiln.bittensor.wire;

/// An answer that proves nothing, and why. Nothing in it is to be used.
public final class BadAnswer extends Exception {
    private static final long serialVersionUID = 1L;

    private final Fault fault;

    BadAnswer(Fault fault, String message) {
        super(message, null, false, false);
        this.fault = fault;
    }

    public Fault fault() {
        return fault;
    }

    /// What is wrong with an answer; the first that holds, in this order.
    public enum Fault {
        /// A signature header came twice.
        DUPLICATE_HEADER,
        /// No signature at all: the answer proves nothing about the miner, a fault of transport.
        UNSIGNED,
        /// A header is missing or not in its one canonical spelling.
        MALFORMED,
        /// The body was encoded on its way or by the miner.
        CONTENT_ENCODING,
        /// Signed by another hotkey than the miner that was asked.
        WRONG_SIGNER,
        /// Signed with another scheme than the miner's.
        WRONG_SCHEME,
        /// Signed for another caller.
        WRONG_RECEIVER,
        /// Older than the request, too old, or from the future.
        OUTSIDE_WINDOW,
        /// Another status than the one signed.
        STATUS_MISMATCH,
        /// An answer to another request.
        REQUEST_MISMATCH,
        /// Other assertions than those signed.
        ASSERTED_MISMATCH,
        /// Another body than the one signed.
        BODY_MISMATCH,
        /// Another content type than the one asserted.
        CONTENT_TYPE_MISMATCH,
        /// The signature does not hold.
        BAD_SIGNATURE
    }
}
