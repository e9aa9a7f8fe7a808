package dev.kiln.bittensor.wire;

import dev.kiln.core.Header;
import dev.kiln.core.Refusal;
import dev.kiln.core.Refused;
import dev.kiln.core.RequestHead;
import dev.kiln.core.Scheme;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The headers of one dialect in one request: each at most once, printable ASCII, of bounded length.
final class Fields {
    /// Characters of one value; what is signed, a path of a field and a signature all are far shorter.
    static final int LONGEST = 8190;

    static final Pattern NONCE = Pattern.compile("[1-9][0-9]{0,18}");

    private static final Pattern SIGNATURE = Pattern.compile("0x[0-9a-f]+");
    private static final Pattern TARGET = Pattern.compile("[!-~][ -~]*");

    private final Map<String, String> values;

    private Fields(Map<String, String> values) {
        this.values = values;
    }

    /// Collects what belongs to a dialect.
    ///
    /// @param family how the dialect's headers are called in a refusal
    static Fields of(RequestHead head, Predicate<Header> belongs, String family) throws Refused {
        Map<String, String> values = HashMap.newHashMap(24);
        for (Header header : head.headers()) {
            if (!belongs.test(header)) {
                continue;
            }
            if (values.put(key(header.name()), header.value()) != null) {
                throw new Refused(
                        Refusal.AUTH_DUPLICATE_HEADER, "a header of " + family + " came twice");
            }
            if (!printable(header.value())) {
                throw malformed(
                        "a header of " + family,
                        "must be printable ASCII of at most %d characters".formatted(LONGEST));
            }
        }
        return new Fields(values);
    }

    private static boolean printable(String value) {
        if (value.length() > LONGEST) {
            return false;
        }
        for (int i = 0; i < value.length(); i++) {
            if (value.charAt(i) < ' ' || value.charAt(i) > '~') {
                return false;
            }
        }
        return true;
    }

    static String key(String name) {
        return name.toLowerCase(Locale.ROOT);
    }

    @Nullable String get(String name) {
        return values.get(key(name));
    }

    /// A value that must be there in this spelling.
    String require(String name, Pattern spelling, String rule) throws Refused {
        String value = get(name);
        if (value == null || !spelling.matcher(value).matches()) {
            throw malformed(name, rule);
        }
        return value;
    }

    /// A value that may be left out.
    Optional<String> optional(String name, Pattern spelling, String rule) throws Refused {
        return get(name) == null ? Optional.empty() : Optional.of(require(name, spelling, rule));
    }

    /// The signature's bytes; sr25519, as every dialect older than `btauth/1` has no other.
    byte[] signature(String name) throws Refused {
        String text = get(name);
        if (text == null || text.isEmpty()) {
            throw new Refused(Refusal.AUTH_NO_SIGNATURE, name + " is missing or empty");
        }
        int chars = Btauth.signatureChars(Scheme.SR25519);
        if (text.length() != chars || !SIGNATURE.matcher(text).matches()) {
            throw malformed(name, "must be 0x and %d lower-case hex digits".formatted(chars - 2));
        }
        return HexFormat.of().parseHex(text, 2, chars);
    }

    /// The raw request target, which receipts cover.
    static String target(RequestHead head) throws Refused {
        if (!TARGET.matcher(head.target()).matches()) {
            throw malformed("the request target", "must be printable ASCII");
        }
        return head.target();
    }

    static Refused malformed(String what, String rule) {
        return new Refused(Refusal.AUTH_MALFORMED, what + " " + rule);
    }
}
