package dev.kiln.bittensor.wire;

import dev.kiln.bittensor.keys.KeyPair;
import dev.kiln.core.Header;
import dev.kiln.core.Hotkey;
import dev.kiln.core.Time;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/// Signs requests in `btauth/1` as a validator does. Every signature has a nonce of its own, higher than the last.
///
/// **Threads:** any.
public final class RequestSigner {
    private final KeyPair key;
    private final Time time;
    private final AtomicLong lastNonce = new AtomicLong();

    public RequestSigner(KeyPair key, Time time) {
        this.key = key;
        this.time = time;
    }

    public Hotkey hotkey() {
        return key.hotkey();
    }

    /// Signs one attempt; a second attempt needs a second signature.
    ///
    /// @param target path and query exactly as they will be sent
    /// @param receiver the miner asked
    public SignedRequest sign(String method, String target, byte[] body, Hotkey receiver) {
        return sign(method, target, body, Optional.of(receiver));
    }

    /// Signs one attempt that is bound to a miner, or to none.
    public SignedRequest sign(
            String method, String target, byte[] body, Optional<Hotkey> receiver) {
        long now = time.epochNanos();
        long nonce = lastNonce.updateAndGet(last -> Math.max(last + 1, now));
        var message =
                new Btauth.Message(
                        key.scheme(),
                        method,
                        target,
                        Digests.sha256Hex(body),
                        nonce,
                        key.hotkey(),
                        receiver);
        byte[] payload = message.payload();
        List<Header> headers = new ArrayList<>(6);
        headers.add(new Header(Btauth.VERSION, "1"));
        headers.add(new Header(Btauth.HOTKEY, key.hotkey().ss58()));
        headers.add(new Header(Btauth.NONCE, Long.toString(nonce)));
        headers.add(new Header(Btauth.SIGNATURE, Btauth.spell(key.sign(payload))));
        if (key.scheme() != Btauth.DEFAULT_SCHEME) {
            headers.add(new Header(Btauth.CRYPTO, key.scheme().wireName()));
        }
        receiver.ifPresent(miner -> headers.add(new Header(Btauth.RECEIVER, miner.ss58())));
        return new SignedRequest(
                method,
                target,
                List.copyOf(headers),
                key.hotkey(),
                nonce,
                Digests.sha256Hex(payload));
    }
}
