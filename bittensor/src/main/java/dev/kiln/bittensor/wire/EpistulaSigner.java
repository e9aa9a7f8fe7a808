package dev.kiln.bittensor.wire;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.kiln.bittensor.keys.KeyPair;
import dev.kiln.core.Header;
import dev.kiln.core.Hotkey;
import dev.kiln.core.Scheme;
import dev.kiln.core.Time;
import java.util.List;
import java.util.UUID;

/// Signs requests in Epistula, version 2, as a validator does. The secret signatures, which nobody checks, are left out.
///
/// **Threads:** any.
public final class EpistulaSigner {
    private final KeyPair key;
    private final Time time;

    /// @throws IllegalArgumentException if the key is not sr25519: the dialect has no other scheme
    public EpistulaSigner(KeyPair key, Time time) {
        if (key.scheme() != Scheme.SR25519) {
            throw new IllegalArgumentException("Epistula is signed with sr25519 only");
        }
        this.key = key;
        this.time = time;
    }

    /// Signs one attempt; a second attempt needs a second signature.
    ///
    /// @param target path and query exactly as they will be sent
    /// @param receiver the miner asked
    public SignedRequest sign(String method, String target, byte[] body, Hotkey receiver) {
        long millis = time.epochNanos() / Epistula.NANOS_PER_MILLI;
        var message =
                new Epistula.Message(
                        method, target, millis, UUID.randomUUID().toString(), receiver.ss58());
        byte[] signed = message.signed(body).getBytes(UTF_8);
        List<Header> headers =
                List.of(
                        new Header(Epistula.VERSION, "2"),
                        new Header(Epistula.TIMESTAMP, Long.toString(millis)),
                        new Header(Epistula.UUID, message.uuid()),
                        new Header(Epistula.SIGNED_BY, key.hotkey().ss58()),
                        new Header(Epistula.SIGNED_FOR, receiver.ss58()),
                        new Header(Epistula.SIGNATURE, Btauth.spell(key.sign(signed))));
        return new SignedRequest(
                method,
                target,
                headers,
                key.hotkey(),
                millis * Epistula.NANOS_PER_MILLI,
                Digests.sha256Hex(message.bound(signed)));
    }
}
