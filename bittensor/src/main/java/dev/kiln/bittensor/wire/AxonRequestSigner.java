package dev.kiln.bittensor.wire;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kiln.bittensor.keys.KeyPair;
import dev.kiln.core.Header;
import dev.kiln.core.Hotkey;
import dev.kiln.core.Scheme;
import dev.kiln.core.Time;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;

/// Makes requests as a Dendrite of SDK 10 does: headers, body and signature. Every signature has a nonce of its own,
/// higher than the last.
///
/// **Threads:** any.
public final class AxonRequestSigner {
    /// What a Dendrite of SDK 10.5.0 says it is.
    private static final int VERSION = 10_005_000;

    /// Sizes of Python objects; servers ignore them.
    private static final int HEADER_SIZE = 464;

    private static final int TOTAL_SIZE = 3243;

    private static final JsonMapper JSON = new JsonMapper();

    private final KeyPair key;
    private final String ip;
    private final Time time;
    private final String uuid = UUID.randomUUID().toString();
    private final AtomicLong lastNonce = new AtomicLong();

    /// @param ip the sender's address as it would like to be known; servers ignore it
    /// @throws IllegalArgumentException if the key is not sr25519: the dialect has no other scheme
    public AxonRequestSigner(KeyPair key, String ip, Time time) {
        if (key.scheme() != Scheme.SR25519) {
            throw new IllegalArgumentException("the axon dialect is signed with sr25519 only");
        }
        this.key = key;
        this.ip = ip;
        this.time = time;
    }

    /// Who is asked.
    ///
    /// @param ip as the request names it; servers ignore it
    public record Miner(Hotkey hotkey, String ip, int port) {}

    /// What is asked.
    ///
    /// @param name the synapse's class
    /// @param required by name, the fields without a default
    /// @param others by name, the rest, those of the answer among them
    /// @param hashed the fields that the signature covers
    /// @param timeout how long the caller waits
    public record Synapse(
            String name,
            Map<String, ?> required,
            Map<String, ?> others,
            HashFields hashed,
            Duration timeout) {}

    /// A request with the body that its headers belong to.
    @SuppressWarnings("ArrayRecordComponent") // a carrier, never compared
    public record Signed(SignedRequest request, byte[] body) {}

    /// Signs one attempt; a second attempt needs a second signature.
    public Signed sign(Synapse synapse, Miner miner) {
        long now = time.epochNanos();
        long nonce = lastNonce.updateAndGet(last -> Math.max(last + 1, now));
        ObjectNode fields = JsonNodeFactory.instance.objectNode();
        synapse.required().forEach((name, value) -> fields.set(name, JSON.valueToTree(value)));
        synapse.others().forEach((name, value) -> fields.set(name, JSON.valueToTree(value)));
        var message =
                new Axon.Message(
                        "POST",
                        "/" + synapse.name(),
                        nonce,
                        key.hotkey(),
                        miner.hotkey(),
                        uuid,
                        synapse.hashed().digest(fields),
                        PythonText.number(synapse.timeout().toNanos() / 1e9));
        String signature = Btauth.spell(key.sign(message.signed().getBytes(UTF_8)));
        byte[] body = body(synapse, fields, new Terminals(message, miner, signature));
        var request =
                new SignedRequest(
                        message.method(),
                        message.target(),
                        headers(synapse, message, miner, signature),
                        key.hotkey(),
                        nonce,
                        Digests.sha256Hex(message.bound(body)));
        return new Signed(request, body);
    }

    private List<Header> headers(
            Synapse synapse, Axon.Message message, Miner miner, String signature) {
        List<Header> headers = new ArrayList<>(16 + synapse.required().size());
        headers.add(new Header(Axon.SYNAPSE, synapse.name()));
        headers.add(new Header(Axon.TIMEOUT, message.timeout()));
        headers.add(new Header(Axon.AXON_IP, miner.ip()));
        headers.add(new Header(Axon.AXON_PORT, Integer.toString(miner.port())));
        headers.add(new Header(Axon.AXON_HOTKEY, miner.hotkey().ss58()));
        headers.add(new Header(Axon.IP, ip));
        headers.add(new Header(Axon.VERSION, Integer.toString(VERSION)));
        headers.add(new Header(Axon.NONCE, Long.toString(message.nonce())));
        headers.add(new Header(Axon.UUID, uuid));
        headers.add(new Header(Axon.HOTKEY, key.hotkey().ss58()));
        headers.add(new Header(Axon.SIGNATURE, signature));
        synapse.required()
                .forEach((name, value) ->
                        headers.add(
                                new Header(Axon.INPUT + name, emptyOf(JSON.valueToTree(value)))));
        headers.add(new Header(Axon.HEADER_SIZE, Integer.toString(HEADER_SIZE)));
        headers.add(new Header(Axon.TOTAL_SIZE, Integer.toString(TOTAL_SIZE)));
        headers.add(new Header(Axon.BODY_HASH, message.bodyHash()));
        return List.copyOf(headers);
    }

    /// What stands in a header for a required field: an empty value of its type. The value itself is in the body.
    private static String emptyOf(JsonNode value) {
        String empty =
                switch (value.getNodeType()) {
                    case STRING -> "\"\"";
                    case ARRAY -> "[]";
                    case OBJECT -> "{}";
                    case NUMBER -> value.isIntegralNumber() ? "0" : "0.0";
                    case BOOLEAN -> "false";
                    case NULL, MISSING, BINARY, POJO ->
                            throw new IllegalArgumentException("a required field has a value");
                };
        return Base64.getEncoder().encodeToString(empty.getBytes(US_ASCII));
    }

    /// Both ends as a body names them.
    private record Terminals(Axon.Message message, Miner miner, String signature) {
        ObjectNode dendrite(String ip) {
            ObjectNode terminal = empty();
            terminal.put("ip", ip);
            terminal.put("version", VERSION);
            terminal.put("nonce", message.nonce());
            terminal.put("uuid", message.uuid());
            terminal.put("hotkey", message.sender().ss58());
            return terminal.put("signature", signature);
        }

        ObjectNode axon() {
            ObjectNode terminal = empty();
            terminal.put("ip", miner.ip());
            terminal.put("port", miner.port());
            return terminal.put("hotkey", miner.hotkey().ss58());
        }

        private static ObjectNode empty() {
            ObjectNode terminal = JsonNodeFactory.instance.objectNode();
            for (String name :
                    List.of(
                            "status_code",
                            "status_message",
                            "process_time",
                            "ip",
                            "port",
                            "version",
                            "nonce",
                            "uuid",
                            "hotkey",
                            "signature")) {
                terminal.putNull(name);
            }
            return terminal;
        }
    }

    private byte[] body(Synapse synapse, ObjectNode fields, Terminals terminals) {
        ObjectNode root = JsonNodeFactory.instance.objectNode();
        root.put("name", synapse.name());
        root.put("timeout", synapse.timeout().toNanos() / 1e9);
        root.put("total_size", TOTAL_SIZE);
        root.put("header_size", 0);
        root.set("dendrite", terminals.dendrite(ip));
        root.set("axon", terminals.axon());
        root.put("computed_body_hash", "");
        root.setAll(fields);
        return root.toString().getBytes(UTF_8);
    }
}
