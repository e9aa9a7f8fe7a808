package dev.kiln.bittensor.wire;

import dev.kiln.core.Hotkey;
import dev.kiln.core.Scheme;
import java.util.Optional;

/// What a request's headers claim about its sender, in canonical spelling but not yet proved.
public sealed interface Claim {
    /// A neuron claims to have signed this request.
    ///
    /// @param scheme the scheme the headers name, or the dialect's default; only ever compared with the roster's
    /// @param nonce nanoseconds since 1970 on the sender's clock
    /// @param receiver empty when the request is bound to nobody
    /// @param message what must have been signed, given the body
    @SuppressWarnings("ArrayRecordComponent") // a carrier between two gates, never compared
    record Signed(
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

    /// The signed bytes of a request, once its body is known.
    interface Signable {
        byte[] over(byte[] body);
    }
}
