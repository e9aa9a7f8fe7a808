package dev.kiln.bittensor.wire;

import dev.kiln.core.Hotkey;
import dev.kiln.core.Refused;
import dev.kiln.core.Scheme;
import dev.kiln.core.Seal;
import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;

/// What a request's headers claim about its sender, in canonical spelling but not yet proved.
public sealed interface Claim {
    /// A neuron claims to have signed this request.
    ///
    /// @param dialect the name of the dialect it came in
    /// @param scheme the scheme the headers name, or the dialect's default; only ever compared with the roster's
    /// @param nonce nanoseconds since 1970 on the sender's clock
    /// @param receiver empty when the request is bound to nobody
    /// @param message what must have been signed, given the body
    @SuppressWarnings("ArrayRecordComponent") // a carrier between two gates, never compared
    record Signed(
            String dialect,
            Hotkey sender,
            Scheme scheme,
            long nonce,
            Optional<Hotkey> receiver,
            byte[] signature,
            Signable message)
            implements Claim {}

    /// Somebody shows an API key.
    record Keyed(String key) implements Claim {
        @Override
        public String toString() {
            return "Keyed[key=secret]";
        }
    }

    /// What a request's dialect makes of it, once its body is known.
    interface Signable {
        /// The bytes that must have been signed.
        byte[] over(byte[] body);

        /// The bytes whose digest an answer is bound to: what was signed, and whatever of the request that left open.
        ///
        /// @param signed what [#over] gave for this body
        default byte[] bound(byte[] body, byte[] signed) {
            return signed;
        }

        /// Refuses a body that is not the one that was signed, where the signature covers it only through a header.
        ///
        /// @throws Refused with `AUTH_BODY_HASH`
        default void requireBody(byte[] body) throws Refused {}

        /// What must not come twice from one caller; its nonce, where that is fine enough to be unique.
        default long once(long nonce) {
            return nonce;
        }

        /// How long the caller says it will wait; unsigned in every dialect that has it.
        default Optional<Duration> timeout() {
            return Optional.empty();
        }

        /// Puts the dialect's own headers of an answer around its receipt.
        ///
        /// @param tookNanos time since the request arrived
        default Seal around(Seal receipt, LongSupplier tookNanos) {
            return receipt;
        }
    }
}
