package dev.kiln.bittensor.wire;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.kiln.bittensor.keys.KeyFormatException;
import dev.kiln.bittensor.keys.Signatures;
import dev.kiln.bittensor.keys.Ss58;
import dev.kiln.bittensor.wire.BadAnswer.Fault;
import dev.kiln.core.Header;
import dev.kiln.core.Hotkey;
import dev.kiln.core.Scheme;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Checks answers in the shape `kiln-answer/1` strictly, against the miner that was asked: anybody's signature is good
/// over anybody's answer, so the expected miner is never taken from the answer.
///
/// An answer is checked once, against the request it was read for; who takes two answers for one request must notice.
///
/// **Threads:** immutable.
public final class AnswerCheck {
    private static final Pattern NONCE = Pattern.compile("[1-9][0-9]{0,18}");
    private static final Pattern SIGNATURE = Pattern.compile("0x[0-9a-f]+");
    private static final Pattern BOUND =
            Pattern.compile("([1-5][0-9]{2})/([0-9a-f]{64})/([0-9a-f]{64})/([0-9a-f]{64})");
    private static final List<String> ONCE =
            List.of(
                    KilnAnswer.ASSERTED.toLowerCase(Locale.ROOT),
                    KilnAnswer.BOUND.toLowerCase(Locale.ROOT),
                    "content-encoding",
                    "content-type");

    private final Hotkey miner;
    private final Scheme scheme;
    private final Duration maxAge;
    private final Duration skew;

    /// With the reference's window: 10 s back, 2 s ahead.
    ///
    /// @param scheme the miner's, known beforehand
    public AnswerCheck(Hotkey miner, Scheme scheme) {
        this(miner, scheme, Duration.ofSeconds(10), Duration.ofSeconds(2));
    }

    /// @param maxAge how long after its signing an answer is good
    /// @param skew how far ahead of the caller's clock it may have been signed
    public AnswerCheck(Hotkey miner, Scheme scheme, Duration maxAge, Duration skew) {
        this.miner = miner;
        this.scheme = scheme;
        this.maxAge = maxAge;
        this.skew = skew;
    }

    /// Checks one answer.
    ///
    /// @param receivedEpochNanos the caller's wall clock when the answer had come
    /// @throws BadAnswer if it proves nothing
    public Receipt check(SignedRequest request, Answer answer, long receivedEpochNanos)
            throws BadAnswer {
        refuseDuplicates(answer.headers());
        String signature = signature(answer);
        require(one(answer, Btauth.VERSION).equals("1"), Fault.MALFORMED, "version is not 1");
        long nonce = nonce(one(answer, Btauth.NONCE));
        Matcher bound = BOUND.matcher(one(answer, KilnAnswer.BOUND));
        require(bound.matches(), Fault.MALFORMED, KilnAnswer.BOUND + " is malformed");
        refuseForeign(request, answer);
        refuseUntimely(request.nonce(), nonce, receivedEpochNanos);
        String json = one(answer, KilnAnswer.ASSERTED);
        var actual =
                new KilnAnswer.Bound(
                        answer.status(),
                        request.digest(),
                        Digests.sha256Hex(json.getBytes(UTF_8)),
                        Digests.sha256Hex(answer.body()));
        compare(actual, bound);
        Map<String, Object> asserted = asserted(json, answer);
        byte[] payload = actual.message(scheme, nonce, miner, request.sender()).payload();
        require(
                Signatures.verify(
                        scheme, miner, payload, HexFormat.of().parseHex(signature.substring(2))),
                Fault.BAD_SIGNATURE,
                "the signature does not hold");
        return new Receipt(miner, scheme, answer.status(), nonce, request.digest(), asserted);
    }

    private static void require(boolean holds, Fault fault, String message) throws BadAnswer {
        if (!holds) {
            throw new BadAnswer(fault, message);
        }
    }

    private static void refuseDuplicates(List<Header> headers) throws BadAnswer {
        List<String> names =
                headers.stream()
                        .map(header -> header.name().toLowerCase(Locale.ROOT))
                        .filter(name ->
                                ONCE.contains(name)
                                        || name.startsWith(Btauth.PREFIX.toLowerCase(Locale.ROOT)))
                        .toList();
        require(
                names.stream().distinct().count() == names.size(),
                Fault.DUPLICATE_HEADER,
                "a header of the signature came twice");
    }

    private String signature(Answer answer) throws BadAnswer {
        List<String> values = answer.values(Btauth.SIGNATURE);
        require(
                !values.isEmpty(),
                Fault.UNSIGNED,
                "no signature: the answer says nothing about the miner");
        String text = values.getFirst();
        require(
                text.length() == Btauth.signatureChars(scheme) && SIGNATURE.matcher(text).matches(),
                Fault.MALFORMED,
                "the signature is not 0x and lower-case hex digits");
        return text;
    }

    private static String one(Answer answer, String name) throws BadAnswer {
        List<String> values = answer.values(name);
        require(values.size() == 1, Fault.MALFORMED, name + " is missing");
        return values.getFirst();
    }

    private static long nonce(String text) throws BadAnswer {
        require(NONCE.matcher(text).matches(), Fault.MALFORMED, "the nonce is malformed");
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException _) {
            return Long.MAX_VALUE; // after the year 2262: outside every window
        }
    }

    private void refuseForeign(SignedRequest request, Answer answer) throws BadAnswer {
        require(
                answer.values("Content-Encoding").isEmpty(),
                Fault.CONTENT_ENCODING,
                "the body is encoded; ask for identity");
        require(
                names(miner, one(answer, Btauth.HOTKEY)),
                Fault.WRONG_SIGNER,
                "signed by another hotkey than " + miner);
        List<String> named = answer.values(Btauth.CRYPTO);
        String expected = scheme.wireName();
        require(
                named.isEmpty()
                        ? scheme == Btauth.DEFAULT_SCHEME
                        : named.getFirst().equals(expected),
                Fault.WRONG_SCHEME,
                "not signed with " + expected);
        require(
                names(request.sender(), one(answer, Btauth.RECEIVER)),
                Fault.WRONG_RECEIVER,
                "signed for another caller than " + request.sender());
    }

    /// Whether the text is this hotkey's address; an address has one canonical text.
    private static boolean names(Hotkey hotkey, String text) throws BadAnswer {
        if (hotkey.ss58().equals(text)) {
            return true;
        }
        try {
            return Ss58.hotkey(text).equals(hotkey);
        } catch (KeyFormatException _) {
            throw new BadAnswer(Fault.MALFORMED, "an address is not SS58 with prefix 42");
        }
    }

    private void refuseUntimely(long asked, long nonce, long received) throws BadAnswer {
        require(nonce >= asked, Fault.OUTSIDE_WINDOW, "signed before the request was");
        require(
                nonce - received <= skew.toNanos(),
                Fault.OUTSIDE_WINDOW,
                "signed more than %d ms ahead".formatted(skew.toMillis()));
        require(
                received - nonce <= maxAge.toNanos(),
                Fault.OUTSIDE_WINDOW,
                "signed more than %d ms ago".formatted(maxAge.toMillis()));
    }

    private static void compare(KilnAnswer.Bound actual, Matcher signed) throws BadAnswer {
        require(
                signed.group(1).equals(Integer.toString(actual.status())),
                Fault.STATUS_MISMATCH,
                "status %d came, %s was signed".formatted(actual.status(), signed.group(1)));
        require(
                signed.group(2).equals(actual.request()),
                Fault.REQUEST_MISMATCH,
                "an answer to another request");
        require(
                signed.group(3).equals(actual.asserted()),
                Fault.ASSERTED_MISMATCH,
                "other assertions came than were signed");
        require(
                signed.group(4).equals(actual.body()),
                Fault.BODY_MISMATCH,
                "another body came than was signed");
    }

    private static Map<String, Object> asserted(String json, Answer answer) throws BadAnswer {
        Map<String, Object> facts =
                AssertedJson.read(json)
                        .orElseThrow(() ->
                                new BadAnswer(
                                        Fault.MALFORMED,
                                        KilnAnswer.ASSERTED + " is not a flat line of ASCII JSON"));
        Object type = facts.get("content_type");
        require(
                type == null || answer.values("Content-Type").equals(List.of(type)),
                Fault.CONTENT_TYPE_MISMATCH,
                "another content type came than was asserted");
        return facts;
    }
}
