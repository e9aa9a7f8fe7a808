package dev.kiln.bittensor.wire;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.kiln.core.Asserted;
import dev.kiln.core.Header;
import dev.kiln.core.Hotkey;
import dev.kiln.core.Refusal;
import dev.kiln.core.Refused;
import dev.kiln.core.RequestHead;
import dev.kiln.core.Scheme;
import dev.kiln.core.Seal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The axon dialect read strictly: every header at most once, in the one spelling a Dendrite writes.
///
/// Headers that the dialect does not know are ignored: they are not signed. `bt_header_input_obj_*` are not looked at
/// either, and sent back as an Axon does.
final class AxonDialect implements Dialect {
    private static final Pattern UUID = Pattern.compile("[0-9A-Za-z_-]{1,64}");
    private static final Pattern HASH = Pattern.compile("[0-9a-f]{64}");
    private static final Pattern TIMEOUT = Pattern.compile("[0-9]{1,9}(\\.[0-9]{1,17})?");
    private static final Pattern WHOLE = Pattern.compile("[0-9]{1,10}");
    private static final Pattern IP = Pattern.compile("[0-9A-Fa-f.:]{1,45}");
    private static final Pattern METHOD = Pattern.compile("[A-Z]{1,32}");

    /// Headers without the prefix that are the dialect's too once it is spoken.
    private static final Set<String> BARE =
            Set.of(Axon.SYNAPSE, Axon.TIMEOUT, Axon.HEADER_SIZE, Axon.TOTAL_SIZE, Axon.BODY_HASH);

    /// What an answer repeats, in the order in which an Axon does: the caller's copy of both terminals is written over
    /// with what the answer says.
    private static final List<String> TERMINALS =
            List.of(
                    Axon.AXON_IP,
                    Axon.AXON_PORT,
                    Axon.AXON_HOTKEY,
                    Axon.IP,
                    Axon.VERSION,
                    Axon.NONCE,
                    Axon.UUID,
                    Axon.HOTKEY,
                    Axon.SIGNATURE);

    private static final List<String> SIZES =
            List.of(Axon.HEADER_SIZE, Axon.TOTAL_SIZE, Axon.BODY_HASH);

    private final Hotkey own;
    private final Map<String, HashFields> synapses;
    private final Addresses addresses = new Addresses();

    /// @param own the miner's hotkey, which signatures must name
    /// @param synapses by path, the fields that signatures cover
    AxonDialect(Hotkey own, Map<String, HashFields> synapses) {
        this.own = own;
        this.synapses = Map.copyOf(synapses);
    }

    @Override
    public String name() {
        return Axon.NAME;
    }

    @Override
    public boolean marks(Header header) {
        return Axon.marks(header);
    }

    @Override
    public Claim.Signed read(RequestHead head) throws Refused {
        HashFields hashed = synapse(head.target());
        Fields fields = Fields.of(head, AxonDialect::belongs, "bt_header_*");
        byte[] signature = fields.signature(Axon.SIGNATURE);
        Hotkey sender = hotkey(fields.get(Axon.HOTKEY));
        long nonce = nonce(fields);
        String timeout =
                fields.optional(Axon.TIMEOUT, TIMEOUT, "must be seconds such as 12.0").orElse("");
        var message =
                new Axon.Message(
                        method(head.method()),
                        Fields.target(head),
                        nonce,
                        sender,
                        own,
                        fields.require(Axon.UUID, UUID, "must be a UUID"),
                        fields.require(Axon.BODY_HASH, HASH, "must be 64 lower-case hex digits"),
                        timeout);
        checkEcho(fields);
        return new Claim.Signed(
                Axon.NAME,
                sender,
                Scheme.SR25519,
                nonce,
                receiver(fields.get(Axon.AXON_HOTKEY)),
                signature,
                new Signable(message, hashed, fields, inputs(head)));
    }

    private static List<Header> inputs(RequestHead head) {
        return head.headers().stream()
                .filter(header ->
                        header.name().regionMatches(true, 0, Axon.INPUT, 0, Axon.INPUT.length()))
                .toList();
    }

    private HashFields synapse(String target) throws Refused {
        int query = target.indexOf('?');
        HashFields found = synapses.get(query < 0 ? target : target.substring(0, query));
        if (found == null) {
            throw new Refused(
                    Refusal.AUTH_DIALECT_NOT_ACCEPTED, "no synapse is served under this path");
        }
        return found;
    }

    private static boolean belongs(Header header) {
        return Axon.marks(header) || BARE.contains(header.name().toLowerCase(Locale.ROOT));
    }

    private Hotkey hotkey(@Nullable String text) throws Refused {
        Hotkey hotkey = addresses.hotkey(text);
        if (hotkey == null) {
            throw Fields.malformed(Axon.HOTKEY, "must be an SS58 address with prefix 42");
        }
        return hotkey;
    }

    private Optional<Hotkey> receiver(@Nullable String text) throws Refused {
        if (text == null) {
            return Optional.empty();
        }
        Hotkey hotkey = addresses.hotkey(text);
        if (hotkey == null) {
            throw new Refused(
                    Refusal.AUTH_WRONG_RECEIVER,
                    Axon.AXON_HOTKEY + " must be this miner's address");
        }
        return Optional.of(hotkey);
    }

    private static long nonce(Fields fields) throws Refused {
        String text =
                fields.require(
                        Axon.NONCE, Fields.NONCE, "must be nanoseconds since 1970, digits only");
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException _) {
            return Long.MAX_VALUE; // after the year 2262: the clock gate refuses it
        }
    }

    private static String method(String method) throws Refused {
        if (!METHOD.matcher(method).matches()) {
            throw Fields.malformed("the method", "must be an HTTP method");
        }
        return method;
    }

    /// What is echoed must be what a Dendrite can read again.
    private static void checkEcho(Fields fields) throws Refused {
        for (String name : List.of(Axon.AXON_IP, Axon.IP)) {
            fields.optional(name, IP, "must be an IP address");
        }
        for (String name :
                List.of(Axon.AXON_PORT, Axon.VERSION, Axon.HEADER_SIZE, Axon.TOTAL_SIZE)) {
            fields.optional(name, WHOLE, "must be a whole number, digits only");
        }
    }

    /// One request of this dialect, its headers read.
    private record Signable(
            Axon.Message message, HashFields hashed, Fields fields, List<Header> inputs)
            implements Claim.Signable {
        @Override
        public byte[] over(byte[] body) {
            return message.signed().getBytes(UTF_8);
        }

        @Override
        public byte[] bound(byte[] body, byte[] signed) {
            return message.bound(body);
        }

        @Override
        public void requireBody(byte[] body) throws Refused {
            if (!hashed.digest(body).equals(message.bodyHash())) {
                throw new Refused(
                        Refusal.AUTH_BODY_HASH,
                        "%s is not that of this body's hash fields (%s)"
                                .formatted(Axon.BODY_HASH, hashed));
            }
        }

        @Override
        public Optional<Duration> timeout() {
            String text = message.timeout();
            double seconds = text.isEmpty() ? 0 : Double.parseDouble(text);
            // A Dendrite's client takes zero for "no timeout".
            return seconds == 0
                    ? Optional.empty()
                    : Optional.of(Duration.ofNanos((long) (seconds * 1e9)));
        }

        @Override
        public Seal around(Seal receipt, LongSupplier tookNanos) {
            return new Framed(this, receipt, tookNanos);
        }

        private List<Header> head(int status, long tookNanos) {
            List<Header> headers = new ArrayList<>(32);
            echo(Axon.SYNAPSE, headers);
            echo(Axon.TIMEOUT, headers);
            if (status == 200) {
                headers.add(new Header(Axon.STATUS_CODE, "200"));
                headers.add(new Header(Axon.STATUS_MESSAGE, "Success"));
            }
            headers.add(new Header(Axon.PROCESS_TIME, PythonText.number(tookNanos / 1e9)));
            for (String name : TERMINALS) {
                echo(name, headers);
            }
            headers.addAll(inputs);
            for (String name : SIZES) {
                echo(name, headers);
            }
            return headers;
        }

        private void echo(String name, List<Header> headers) {
            String value = fields.get(name);
            if (value != null) {
                headers.add(new Header(name, value));
            }
        }
    }

    /// The headers of an Axon's answer around a receipt.
    private record Framed(Signable asked, Seal receipt, LongSupplier tookNanos) implements Seal {
        @Override
        public List<Header> seal(int status, byte[] body, Asserted asserted) {
            List<Header> headers = asked.head(status, tookNanos.getAsLong());
            headers.addAll(receipt.seal(status, body, asserted));
            return headers;
        }

        @Override
        public List<Header> opening(int status) {
            List<Header> headers = asked.head(status, tookNanos.getAsLong());
            headers.addAll(receipt.opening(status));
            return headers;
        }
    }
}
