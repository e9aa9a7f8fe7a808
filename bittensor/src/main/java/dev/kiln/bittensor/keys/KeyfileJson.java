package dev.kiln.bittensor.keys;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kiln.core.Scheme;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The JSON inside a keyfile.
final class KeyfileJson {
    private static final JsonMapper JSON =
            JsonMapper.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
                    .build();
    private static final HexFormat HEX = HexFormat.of();

    private KeyfileJson() {}

    /// The bytes of the file that stands beside a keyfile: what anybody may know.
    static byte[] writePublic(KeyPair key) throws IOException {
        ObjectNode json = publicPart(key);
        json.put("ss58Address", key.hotkey().ss58());
        json.put("cryptoType", key.scheme().cryptoType());
        return JSON.writeValueAsBytes(json);
    }

    private static ObjectNode publicPart(KeyPair key) {
        String publicKey = "0x" + key.hotkey().hex();
        ObjectNode json = JSON.createObjectNode();
        json.put("accountId", publicKey);
        json.put("publicKey", publicKey);
        return json;
    }

    /// The file's bytes for a key: what is not known is left out.
    static byte[] write(KeyPair key) throws IOException {
        ObjectNode json = publicPart(key);
        json.put("privateKey", "0x" + HEX.formatHex(key.revealPrivateKey()));
        key.revealPhrase().ifPresent(phrase -> json.put("secretPhrase", phrase));
        key.revealSeed().ifPresent(seed -> json.put("secretSeed", "0x" + HEX.formatHex(seed)));
        json.put("ss58Address", key.hotkey().ss58());
        json.put("cryptoType", key.scheme().cryptoType());
        return JSON.writeValueAsBytes(json);
    }

    /// What is public of the key in a file, with or without its secret.
    static Keyfile.PublicKey readPublic(byte[] file) throws KeyFormatException {
        JsonNode json = object(file);
        for (String secret : new String[] {"privateKey", "secretSeed", "secretPhrase"}) {
            if (text(json, secret) != null) {
                KeyPair key = read(file);
                return new Keyfile.PublicKey(key.hotkey(), key.scheme());
            }
        }
        return new Keyfile.PublicKey(Identity.of(json).agreed(), scheme(json));
    }

    private static JsonNode object(byte[] file) throws KeyFormatException {
        refuseForeign(file);
        JsonNode json = parse(file);
        if (!(json instanceof ObjectNode)) {
            throw new KeyFormatException("is not a JSON object");
        }
        return json;
    }

    static KeyPair read(byte[] file) throws KeyFormatException {
        JsonNode json = object(file);
        Scheme scheme = scheme(json);
        Identity identity = Identity.of(json);
        String privateKey = text(json, "privateKey");
        String seed = text(json, "secretSeed");
        String phrase = text(json, "secretPhrase");
        if (privateKey != null) {
            KeyPair key = fromPrivateKey(bytes("privateKey", privateKey), scheme);
            identity.check(key, "privateKey");
            return key.withOrigin(agreeingSeed(key, seed), agreeingPhrase(key, phrase));
        }
        if (seed != null) {
            KeyPair key = KeyPair.fromSeed(seedBytes(seed), scheme);
            identity.check(key, "secretSeed");
            return key.withOrigin(seedBytes(seed), agreeingPhrase(key, phrase));
        }
        if (phrase != null) {
            KeyPair key = KeyPair.fromMnemonic(phrase, "", scheme);
            identity.check(key, "secretPhrase");
            return key;
        }
        throw new KeyFormatException(
                "has no privateKey, secretSeed or secretPhrase: a public key cannot sign;"
                        + " use the keyfile without pub.txt in its name");
    }

    private static void refuseForeign(byte[] file) throws KeyFormatException {
        if (file.length == 0) {
            throw new KeyFormatException("is empty");
        }
        if ((file[0] & 0xff) == 0xef || (file[0] & 0xff) >= 0xfe) {
            throw new KeyFormatException(
                    "begins with a byte-order mark; save it as UTF-8 without one");
        }
        Optional<EncryptedKeyfile> encrypted = EncryptedKeyfile.of(file);
        if (encrypted.isPresent()) {
            throw new KeyFormatException(
                    "is encrypted (%s) and needs a password".formatted(encrypted.get().magic()));
        }
    }

    private static JsonNode parse(byte[] file) throws KeyFormatException {
        try {
            return JSON.readTree(new String(file, StandardCharsets.UTF_8));
        } catch (JacksonException e) {
            // The parser's own message may repeat what stands there, which may be a secret.
            JsonLocation at = e.getLocation();
            String place =
                    at == null
                            ? ""
                            : " at line %d, column %d".formatted(at.getLineNr(), at.getColumnNr());
            String what =
                    String.valueOf(e.getOriginalMessage()).startsWith("Duplicate field")
                            ? "has the same member twice"
                            : "is not valid JSON";
            throw new KeyFormatException(what + place);
        }
    }

    private static Scheme scheme(JsonNode json) throws KeyFormatException {
        JsonNode value = json.get("cryptoType");
        JsonNode alias = json.get("crypto_type");
        Optional<Scheme> first = scheme("cryptoType", value);
        Optional<Scheme> second = scheme("crypto_type", alias);
        if (first.isPresent() && second.isPresent() && !first.equals(second)) {
            throw new KeyFormatException("cryptoType and crypto_type disagree");
        }
        return first.or(() -> second).orElse(Scheme.SR25519);
    }

    private static Optional<Scheme> scheme(String name, @Nullable JsonNode value)
            throws KeyFormatException {
        if (value == null || value.isNull()) {
            return Optional.empty();
        }
        for (Scheme scheme : Scheme.values()) {
            boolean named = value.isTextual() && value.textValue().equals(scheme.wireName());
            boolean numbered =
                    value.isIntegralNumber()
                            && value.canConvertToInt()
                            && value.intValue() == scheme.cryptoType();
            if (named || numbered) {
                return Optional.of(scheme);
            }
        }
        throw new KeyFormatException(
                "%s must be 0 or \"ed25519\", or 1 or \"sr25519\"; no other scheme is supported"
                        .formatted(name));
    }

    private static KeyPair fromPrivateKey(byte[] key, Scheme scheme) throws KeyFormatException {
        if (key.length == KeyPair.SEED) {
            return KeyPair.fromSeed(key, scheme);
        }
        if (key.length != 2 * KeyPair.SEED) {
            throw new KeyFormatException("privateKey must have 32 or 64 bytes, has " + key.length);
        }
        return switch (scheme) {
            case SR25519 -> KeyPair.fromSecret(key, scheme);
            case ED25519 -> fromSeedAndPublicKey(key);
        };
    }

    /// The 64-byte form that some libraries use for ed25519: the seed and the public key.
    private static KeyPair fromSeedAndPublicKey(byte[] both) throws KeyFormatException {
        KeyPair key = KeyPair.fromSeed(Arrays.copyOf(both, KeyPair.SEED), Scheme.ED25519);
        byte[] stated = Arrays.copyOfRange(both, KeyPair.SEED, both.length);
        if (!Arrays.equals(stated, key.hotkey().accountId())) {
            throw new KeyFormatException(
                    "privateKey is no ed25519 key, which cryptoType says it is; if it is an sr25519 key,"
                            + " cryptoType must be 1");
        }
        return key;
    }

    /// The seed, if it can be read. One wallet wrote it as raw characters; privateKey has already won over those.
    private static byte @Nullable [] agreeingSeed(KeyPair key, @Nullable String text)
            throws KeyFormatException {
        byte[] seed = text == null ? null : hex(text);
        if (seed == null || seed.length != KeyPair.SEED) {
            return null;
        }
        requireSame("secretSeed", key, KeyPair.fromSeed(seed, key.scheme()));
        return seed;
    }

    private static @Nullable String agreeingPhrase(KeyPair key, @Nullable String phrase)
            throws KeyFormatException {
        if (phrase != null) {
            requireSame("secretPhrase", key, KeyPair.fromMnemonic(phrase, "", key.scheme()));
        }
        return phrase;
    }

    private static void requireSame(String name, KeyPair key, KeyPair other)
            throws KeyFormatException {
        if (!key.hotkey().equals(other.hotkey())) {
            throw new KeyFormatException(
                    "%s leads to %s, but the key that comes first leads to %s"
                            .formatted(name, other.hotkey(), key.hotkey()));
        }
    }

    static @Nullable String text(JsonNode json, String name) throws KeyFormatException {
        JsonNode value = json.get(name);
        if (value == null || value.isNull()) {
            return null;
        }
        if (!value.isTextual()) {
            throw new KeyFormatException("%s must be a string".formatted(name));
        }
        return value.textValue();
    }

    private static byte[] seedBytes(String text) throws KeyFormatException {
        byte[] seed = bytes("secretSeed", text);
        if (seed.length != KeyPair.SEED) {
            throw new KeyFormatException("secretSeed must have 32 bytes, has " + seed.length);
        }
        return seed;
    }

    static byte[] bytes(String name, String text) throws KeyFormatException {
        byte[] bytes = hex(text);
        if (bytes == null) {
            throw new KeyFormatException("%s must be hex digits, perhaps after 0x".formatted(name));
        }
        return bytes;
    }

    private static byte @Nullable [] hex(String text) {
        int start = text.startsWith("0x") ? 2 : 0;
        try {
            return HEX.parseHex(text, start, text.length());
        } catch (IllegalArgumentException e) {
            return null;
        }
    }
}
