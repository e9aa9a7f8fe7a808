package dev.kiln.bittensor.wire;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.kiln.bittensor.keys.KeyPair;
import dev.kiln.core.Asserted;
import dev.kiln.core.Header;
import dev.kiln.core.Hotkey;
import dev.kiln.core.Roster;
import dev.kiln.core.Scheme;
import dev.kiln.core.Seal;
import dev.kiln.core.Time;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/// Signs answers in the shape `kiln-answer/1`; `docs/answers.md` is normative.
///
/// **Threads:** any.
public final class KilnAnswer {
    /// The method line of an answer. The slash keeps it out of every HTTP request.
    public static final String METHOD = "RESPONSE/1";

    /// What the miner asserts: one line of ASCII JSON.
    public static final String ASSERTED = "X-Kiln-Asserted";

    /// What the answer is bound to, in words, so that a failed check can say what differs.
    public static final String BOUND = "X-Kiln-Answer";

    static final String CACHE_CONTROL = "Cache-Control";
    static final String TRAILER = "Trailer";
    static final String UNTOUCHED = "no-store, no-transform";

    private final KeyPair miner;
    private final Time time;
    private final AnswerNonces nonces = new AnswerNonces();
    private final List<Header> opening;

    public KilnAnswer(KeyPair miner, Time time) {
        this.miner = miner;
        this.time = time;
        this.opening = opening(miner.scheme());
    }

    /// The request an answer is bound to.
    ///
    /// @param requestDigest SHA-256 of the signed request payload, 64 lower-case hex digits
    /// @param nonce the request's
    /// @param arrivedTick when it arrived, monotonic nanoseconds
    public record Question(
            Hotkey caller, Roster.Sees sees, String requestDigest, long nonce, long arrivedTick) {}

    /// The seal for the answer to one request.
    public Seal to(Question question) {
        return new Receipts(this, question);
    }

    /// Receipts for the answers to one request; that of a streamed one follows it as a trailer.
    private record Receipts(KilnAnswer by, Question question) implements Seal {
        @Override
        public List<Header> seal(int status, byte[] body, Asserted asserted) {
            return by.sign(question, status, body, asserted);
        }

        @Override
        public List<Header> opening(int status) {
            return by.opening;
        }
    }

    private static List<Header> opening(Scheme scheme) {
        List<String> trailer = new ArrayList<>();
        Collections.addAll(trailer, Btauth.VERSION, Btauth.HOTKEY, Btauth.NONCE, Btauth.RECEIVER);
        if (scheme != Btauth.DEFAULT_SCHEME) {
            trailer.add(Btauth.CRYPTO);
        }
        Collections.addAll(trailer, Btauth.SIGNATURE, ASSERTED, BOUND);
        return List.of(
                new Header(CACHE_CONTROL, UNTOUCHED),
                new Header(TRAILER, String.join(", ", trailer)));
    }

    private List<Header> sign(Question question, int status, byte[] body, Asserted asserted) {
        String json = AssertedJson.of(asserted, question.sees());
        var bound =
                new Bound(
                        status,
                        question.requestDigest(),
                        Digests.sha256Hex(json.getBytes(US_ASCII)),
                        Digests.sha256Hex(body));
        long elapsed = time.tick() - question.arrivedTick();
        long nonce = nonces.take(question.caller(), question.nonce() + Math.max(0, elapsed));
        byte[] payload =
                bound.message(miner.scheme(), nonce, miner.hotkey(), question.caller()).payload();
        List<Header> headers = new ArrayList<>(9);
        headers.add(new Header(Btauth.VERSION, "1"));
        headers.add(new Header(Btauth.HOTKEY, miner.hotkey().ss58()));
        headers.add(new Header(Btauth.NONCE, Long.toString(nonce)));
        headers.add(new Header(Btauth.RECEIVER, question.caller().ss58()));
        if (miner.scheme() != Btauth.DEFAULT_SCHEME) {
            headers.add(new Header(Btauth.CRYPTO, miner.scheme().wireName()));
        }
        headers.add(new Header(Btauth.SIGNATURE, Btauth.spell(miner.sign(payload))));
        headers.add(new Header(ASSERTED, json));
        headers.add(new Header(BOUND, bound.header()));
        headers.add(new Header(CACHE_CONTROL, UNTOUCHED));
        return headers;
    }

    /// The facts one answer is bound to.
    ///
    /// @param request SHA-256 of the signed request payload
    /// @param asserted SHA-256 of the exact value of the asserted header
    /// @param body SHA-256 of the raw body; all three 64 lower-case hex digits
    record Bound(int status, String request, String asserted, String body) {
        /// The target line that is signed.
        String target() {
            return "/kiln-answer/1/" + status + "/" + request + "/" + asserted;
        }

        /// The value of [#BOUND].
        String header() {
            return status + "/" + request + "/" + asserted + "/" + body;
        }

        Btauth.Message message(Scheme scheme, long nonce, Hotkey signer, Hotkey receiver) {
            return new Btauth.Message(
                    scheme, METHOD, target(), body, nonce, signer, Optional.of(receiver));
        }
    }
}
