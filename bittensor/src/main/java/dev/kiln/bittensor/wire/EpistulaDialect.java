package dev.kiln.bittensor.wire;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.kiln.core.Header;
import dev.kiln.core.Hotkey;
import dev.kiln.core.Refusal;
import dev.kiln.core.Refused;
import dev.kiln.core.RequestHead;
import dev.kiln.core.Scheme;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Epistula, version 2, read strictly: every header at most once and in one spelling.
///
/// The secret signatures are ignored, as by every verifier of the dialect; so are headers it does not know.
final class EpistulaDialect implements Dialect {
    private static final Pattern VERSION = Pattern.compile("2");
    private static final Pattern TIMESTAMP = Pattern.compile("[1-9][0-9]{0,12}");
    private static final Pattern UUID = Pattern.compile("[0-9A-Za-z_-]{1,64}");
    private static final Pattern METHOD = Pattern.compile("[A-Z]{1,32}");

    private final Addresses addresses = new Addresses();

    @Override
    public String name() {
        return Epistula.NAME;
    }

    @Override
    public boolean marks(Header header) {
        String prefix = Epistula.PREFIX;
        return header.name().regionMatches(true, 0, prefix, 0, prefix.length());
    }

    @Override
    public Claim.Signed read(RequestHead head) throws Refused {
        Fields fields = Fields.of(head, this::marks, "Epistula-*");
        byte[] signature = fields.signature(Epistula.SIGNATURE);
        fields.require(Epistula.VERSION, VERSION, "must be 2");
        Hotkey sender = addresses.hotkey(fields.get(Epistula.SIGNED_BY));
        if (sender == null) {
            throw Fields.malformed(Epistula.SIGNED_BY, "must be an SS58 address with prefix 42");
        }
        Optional<Hotkey> receiver = receiver(fields.get(Epistula.SIGNED_FOR));
        if (!METHOD.matcher(head.method()).matches()) {
            throw Fields.malformed("the method", "must be an HTTP method");
        }
        String timestamp =
                fields.require(
                        Epistula.TIMESTAMP,
                        TIMESTAMP,
                        "must be milliseconds since 1970, at most 13 digits");
        var message =
                new Epistula.Message(
                        head.method(),
                        Fields.target(head),
                        Long.parseLong(timestamp),
                        fields.require(Epistula.UUID, UUID, "must be a UUID"),
                        receiver.map(Hotkey::ss58).orElse(""));
        return new Claim.Signed(
                Epistula.NAME,
                sender,
                Scheme.SR25519,
                message.timestamp() * Epistula.NANOS_PER_MILLI,
                receiver,
                signature,
                new Signable(message));
    }

    /// Empty when the request is bound to nobody, which is written by leaving the header out or empty.
    private Optional<Hotkey> receiver(@Nullable String text) throws Refused {
        if (text == null || text.isEmpty()) {
            return Optional.empty();
        }
        Hotkey hotkey = addresses.hotkey(text);
        if (hotkey == null) {
            throw new Refused(
                    Refusal.AUTH_WRONG_RECEIVER,
                    Epistula.SIGNED_FOR + " must be this miner's address");
        }
        return Optional.of(hotkey);
    }

    /// One request of this dialect, its headers read.
    private record Signable(Epistula.Message message) implements Claim.Signable {
        @Override
        public byte[] over(byte[] body) {
            return message.signed(body).getBytes(UTF_8);
        }

        @Override
        public byte[] bound(byte[] body, byte[] signed) {
            return message.bound(signed);
        }

        @Override
        public long once(long nonce) {
            return message.once();
        }
    }
}
