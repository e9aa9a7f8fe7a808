package dev.kiln.bittensor.wire;

import dev.kiln.core.Header;
import dev.kiln.core.Hotkey;
import dev.kiln.core.Refusal;
import dev.kiln.core.Refused;
import dev.kiln.core.RequestHead;
import dev.kiln.core.Scheme;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// `btauth/1` read strictly: every header at most once and in the one spelling an honest client writes.
///
/// Headers of the family that the dialect does not know may stand once and are ignored: they are not signed.
final class BtauthDialect implements Dialect {
    private static final Pattern NONCE = Pattern.compile("[1-9][0-9]{0,18}");
    private static final Pattern METHOD = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]{1,32}");

    private final Addresses addresses = new Addresses();

    @Override
    public String name() {
        return Btauth.NAME;
    }

    @Override
    public boolean marks(Header header) {
        return header.name().regionMatches(true, 0, Btauth.PREFIX, 0, Btauth.PREFIX.length());
    }

    @Override
    public Claim.Signed read(RequestHead head) throws Refused {
        Map<String, String> fields = singles(head);
        String signature = fields.get(key(Btauth.SIGNATURE));
        if (signature == null || signature.isEmpty()) {
            throw new Refused(Refusal.AUTH_NO_SIGNATURE, Btauth.SIGNATURE + " is missing or empty");
        }
        if (!"1".equals(fields.get(key(Btauth.VERSION)))) {
            throw malformed(Btauth.VERSION, "must be 1");
        }
        Hotkey sender = sender(fields.get(key(Btauth.HOTKEY)));
        long nonce = nonce(fields.get(key(Btauth.NONCE)));
        Scheme scheme = scheme(fields.get(key(Btauth.CRYPTO)));
        byte[] signed = signature(signature, scheme);
        Optional<Hotkey> receiver = receiver(fields.get(key(Btauth.RECEIVER)));
        String method = method(head.method());
        String target = target(head.target());
        return new Claim.Signed(
                Btauth.NAME,
                sender,
                scheme,
                nonce,
                receiver,
                signed,
                body ->
                        new Btauth.Message(
                                        scheme,
                                        method,
                                        target,
                                        Digests.sha256Hex(body),
                                        nonce,
                                        sender,
                                        receiver)
                                .payload());
    }

    private Map<String, String> singles(RequestHead head) throws Refused {
        Map<String, String> fields = HashMap.newHashMap(8);
        for (Header header : head.headers()) {
            if (marks(header) && fields.put(key(header.name()), header.value()) != null) {
                throw new Refused(
                        Refusal.AUTH_DUPLICATE_HEADER, "an X-Bittensor-* header came twice");
            }
        }
        return fields;
    }

    private static String key(String name) {
        return name.toLowerCase(Locale.ROOT);
    }

    private Hotkey sender(@Nullable String text) throws Refused {
        Hotkey hotkey = addresses.hotkey(text);
        if (hotkey == null) {
            throw malformed(Btauth.HOTKEY, "must be an SS58 address with prefix 42");
        }
        return hotkey;
    }

    /// Empty when the request is bound to nobody. Text that is no address is nobody's either, but never ours.
    private Optional<Hotkey> receiver(@Nullable String text) throws Refused {
        if (text == null) {
            return Optional.empty();
        }
        Hotkey hotkey = addresses.hotkey(text);
        if (hotkey == null) {
            throw new Refused(
                    Refusal.AUTH_WRONG_RECEIVER,
                    Btauth.RECEIVER + " must be this miner's SS58 address with prefix 42");
        }
        return Optional.of(hotkey);
    }

    private static long nonce(@Nullable String text) throws Refused {
        if (text == null || !NONCE.matcher(text).matches()) {
            throw malformed(Btauth.NONCE, "must be nanoseconds since 1970, digits only");
        }
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException _) {
            return Long.MAX_VALUE; // after the year 2262: the clock gate refuses it
        }
    }

    private static Scheme scheme(@Nullable String text) throws Refused {
        if (text == null) {
            return Btauth.DEFAULT_SCHEME;
        }
        return Scheme.ofWireName(text)
                .orElseThrow(() -> malformed(Btauth.CRYPTO, "must be sr25519 or ed25519"));
    }

    private static byte[] signature(String text, Scheme scheme) throws Refused {
        int chars = Btauth.signatureChars(scheme);
        if (text.length() != chars || !isLowerHex(text)) {
            throw malformed(
                    Btauth.SIGNATURE,
                    "must be 0x and %d lower-case hex digits".formatted(chars - 2));
        }
        return HexFormat.of().parseHex(text, 2, chars);
    }

    private static boolean isLowerHex(String text) {
        if (!text.startsWith("0x")) {
            return false;
        }
        for (int i = 2; i < text.length(); i++) {
            char c = text.charAt(i);
            if ((c < '0' || c > '9') && (c < 'a' || c > 'f')) {
                return false;
            }
        }
        return true;
    }

    private static String method(String text) throws Refused {
        if (!METHOD.matcher(text).matches() || text.equalsIgnoreCase("RESPONSE")) {
            throw malformed("the method", "must be an HTTP method; answers are not requests");
        }
        return text;
    }

    private static String target(String text) throws Refused {
        if (text.isEmpty() || text.chars().anyMatch(c -> c < ' ' || c > '~')) {
            throw malformed("the request target", "must be printable ASCII");
        }
        return text;
    }

    private static Refused malformed(String what, String rule) {
        return new Refused(Refusal.AUTH_MALFORMED, what + " " + rule);
    }
}
