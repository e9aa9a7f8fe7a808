package dev.kiln.loadtest.attack;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.kiln.bittensor.keys.KeyPair;
import dev.kiln.bittensor.wire.AxonRequestSigner;
import dev.kiln.bittensor.wire.Btauth;
import dev.kiln.bittensor.wire.EpistulaSigner;
import dev.kiln.bittensor.wire.HashFields;
import dev.kiln.bittensor.wire.RequestSigner;
import dev.kiln.bittensor.wire.SignedRequest;
import dev.kiln.core.Hotkey;
import dev.kiln.core.Time;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/// How an attacker speaks each dialect: honest requests, and signatures made anew over whatever a bent request says.
///
/// What is signed is spelled out here a second time, from `docs/protocol.md`: an attack must not share a mistake with
/// the code that it attacks.
public enum Spoken {
    /// The network's standard since SDK 11.
    BTAUTH("/v1/embeddings") {
        @Override
        Request honest(KeyPair key, Hotkey miner, String texts) {
            byte[] body = openAi(texts);
            return request(
                    new RequestSigner(key, Time.SYSTEM).sign("POST", path(), body, miner), body);
        }

        @Override
        byte[] signed(Request request) {
            String scheme = request.value(Btauth.CRYPTO);
            String receiver = request.value(Btauth.RECEIVER);
            return String.join(
                            "\n",
                            "btauth/1",
                            scheme.isEmpty() ? "sr25519" : scheme,
                            request.method().toUpperCase(Locale.ROOT),
                            request.target(),
                            sha256(request.body()),
                            request.value(Btauth.NONCE),
                            request.value(Btauth.HOTKEY),
                            receiver.isEmpty() ? "-" : receiver)
                    .getBytes(UTF_8);
        }
    },
    /// What Dendrites of SDK 10 and older speak.
    AXON("/TextEmbedding") {
        @Override
        Request honest(KeyPair key, Hotkey miner, String texts) {
            var signer = new AxonRequestSigner(key, "127.0.0.1", Time.SYSTEM);
            var synapse =
                    new AxonRequestSigner.Synapse(
                            "TextEmbedding",
                            Map.of("texts", List.of("a")),
                            Map.of(),
                            HashFields.NONE,
                            Duration.ofSeconds(12));
            var peer = new AxonRequestSigner.Miner(miner, "127.0.0.1", 8091);
            return request(signer.sign(synapse, peer).request(), synapse(texts));
        }

        @Override
        byte[] signed(Request request) {
            return String.join(
                            ".",
                            request.value(names().nonce()),
                            request.value(names().sender()),
                            request.value(names().receiver()),
                            request.value("bt_header_dendrite_uuid"),
                            request.value("computed_body_hash"))
                    .getBytes(UTF_8);
        }
    },
    /// What callers of Epistula, version 2, speak.
    EPISTULA("/v1/embeddings") {
        @Override
        Request honest(KeyPair key, Hotkey miner, String texts) {
            byte[] body = openAi(texts);
            return request(
                    new EpistulaSigner(key, Time.SYSTEM).sign("POST", path(), body, miner), body);
        }

        @Override
        byte[] signed(Request request) {
            return String.join(
                            ".",
                            sha256(request.body()),
                            request.value("Epistula-Uuid"),
                            request.value(names().nonce()),
                            request.value(names().receiver()))
                    .getBytes(UTF_8);
        }
    };

    private final String path;

    /// What the headers are called that every dialect has.
    record Names(String sender, String nonce, String receiver, String signature) {}

    Spoken(String path) {
        this.path = path;
    }

    /// The dialect of this name, in lower case.
    public static Optional<Spoken> of(String name) {
        return Arrays.stream(values()).filter(each -> each.toString().equals(name)).findFirst();
    }

    /// Where an embedding is asked for.
    String path() {
        return path;
    }

    Names names() {
        return switch (this) {
            case BTAUTH ->
                    new Names(Btauth.HOTKEY, Btauth.NONCE, Btauth.RECEIVER, Btauth.SIGNATURE);
            case AXON ->
                    new Names(
                            "bt_header_dendrite_hotkey",
                            "bt_header_dendrite_nonce",
                            "bt_header_axon_hotkey",
                            "bt_header_dendrite_signature");
            case EPISTULA ->
                    new Names(
                            "Epistula-Signed-By",
                            "Epistula-Timestamp",
                            "Epistula-Signed-For",
                            "Epistula-Request-Signature");
        };
    }

    /// A request that a miner answers.
    ///
    /// @param texts what stands for the list of texts: JSON, or what pretends to be
    abstract Request honest(KeyPair key, Hotkey miner, String texts);

    /// The bytes that a signature over this request must cover, as its own headers have it.
    abstract byte[] signed(Request request);

    /// The same request signed anew, so that only what it says can be wrong with it.
    Request sign(Request request, KeyPair key) {
        return sign(request, key::sign);
    }

    /// The same request with another signature over the right bytes.
    Request sign(Request request, UnaryOperator<byte[]> pen) {
        return request.with(
                names().signature(), "0x" + HexFormat.of().formatHex(pen.apply(signed(request))));
    }

    /// The name users write.
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }

    /// The body of a question in OpenAI's shape.
    static byte[] openAi(String texts) {
        return "{\"encoding_format\":\"float\",\"input\":%s}".formatted(texts).getBytes(UTF_8);
    }

    private static byte[] synapse(String texts) {
        return "{\"name\":\"TextEmbedding\",\"timeout\":12.0,\"texts\":%s}"
                .formatted(texts)
                .getBytes(UTF_8);
    }

    private static Request request(SignedRequest signed, byte[] body) {
        return new Request(signed.method(), signed.target(), signed.headers(), body);
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
