package dev.kiln.bittensor.keys;

import dev.kiln.bittensor.keys.SecretUri.Junction;
import dev.kiln.core.Hotkey;
import dev.kiln.core.Scheme;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// A secret key that signs, and its public identity. Secrets leave it only through the `reveal` methods.
///
/// **Threads:** immutable; any number of threads may sign at once.
public final class KeyPair {
    /// Bytes of a seed.
    public static final int SEED = 32;

    private static final SecureRandom RANDOM = new SecureRandom();
    private static final Pattern HEX_SEED = Pattern.compile("0x[0-9a-fA-F]{64}");

    private final Scheme scheme;
    private final byte[] secret;
    private final byte[] publicKey;
    private final Hotkey hotkey;
    private final byte @Nullable [] seed;
    private final @Nullable String phrase;

    private KeyPair(Scheme scheme, byte[] secret, byte @Nullable [] seed, @Nullable String phrase) {
        this.scheme = scheme;
        this.secret = secret;
        this.publicKey =
                switch (scheme) {
                    case SR25519 -> Sr25519.publicKey(secret);
                    case ED25519 -> Ed25519Keys.publicKey(secret);
                };
        this.hotkey = Ss58.hotkey(publicKey);
        this.seed = seed;
        this.phrase = phrase;
    }

    /// The key of a secret URI such as `//Alice`, `word word ...//hard/soft///password` or `0x<seed>//path`. Without a
    /// path, the seed and (if there is no password) the phrase are kept for a keyfile.
    ///
    /// @throws KeyFormatException if the URI is malformed, or has a soft junction for ed25519, which has none
    public static KeyPair fromUri(String uri, Scheme scheme) throws KeyFormatException {
        SecretUri parts = SecretUri.parse(uri);
        KeyPair key =
                parts.root().startsWith("0x")
                        ? fromSeed(hexSeed(parts), scheme)
                        : fromMnemonic(parts.root(), parts.password(), scheme);
        for (Junction junction : parts.path()) {
            key = new KeyPair(scheme, child(key, junction), null, null);
        }
        return key;
    }

    /// The key of a seed, which is kept for a keyfile.
    ///
    /// @param seed 32 bytes: the mini secret of sr25519, the secret key of ed25519
    public static KeyPair fromSeed(byte[] seed, Scheme scheme) {
        return fromSeed(seed, null, scheme);
    }

    /// The key of an English BIP-39 phrase of 12, 15, 18, 21 or 24 words. The seed is kept for a keyfile, and so is the
    /// phrase if the password is empty: with one, the phrase alone would lead to another key.
    ///
    /// @throws KeyFormatException if a word or the checksum is wrong
    public static KeyPair fromMnemonic(String words, String password, Scheme scheme)
            throws KeyFormatException {
        byte[] seed = Mnemonic.seed(words, password);
        return fromSeed(seed, password.isEmpty() ? words.strip() : null, scheme);
    }

    /// A new key with a new phrase of 12 words.
    public static KeyPair generate(Scheme scheme) {
        try {
            return fromMnemonic(Mnemonic.generate(RANDOM), "", scheme);
        } catch (KeyFormatException e) {
            throw new IllegalStateException("a phrase just made must be readable", e);
        }
    }

    /// The key of the secret bytes that a keyfile calls `privateKey`.
    ///
    /// @param secret for sr25519 a canonical scalar and a nonce seed, 64 bytes; for ed25519 the seed, 32 bytes
    static KeyPair fromSecret(byte[] secret, Scheme scheme) throws KeyFormatException {
        return switch (scheme) {
            case ED25519 -> fromSeed(secret, scheme);
            case SR25519 -> {
                if (!Scalar.isCanonical(secret, 0)) {
                    throw new KeyFormatException(
                            "privateKey does not begin with a scalar below the group order");
                }
                yield new KeyPair(scheme, secret.clone(), null, null);
            }
        };
    }

    /// This key with a seed and a phrase that are known to lead to it.
    KeyPair withOrigin(byte @Nullable [] knownSeed, @Nullable String knownPhrase) {
        return new KeyPair(scheme, secret, knownSeed, knownPhrase);
    }

    private static KeyPair fromSeed(byte[] seed, @Nullable String phrase, Scheme scheme) {
        if (seed.length != SEED) {
            throw new IllegalArgumentException("a seed has 32 bytes, was " + seed.length);
        }
        byte[] secret =
                switch (scheme) {
                    case SR25519 -> Sr25519.expand(seed);
                    case ED25519 -> seed.clone();
                };
        return new KeyPair(scheme, secret, seed.clone(), phrase);
    }

    private static byte[] hexSeed(SecretUri parts) throws KeyFormatException {
        if (!HEX_SEED.matcher(parts.root()).matches()) {
            throw new KeyFormatException("a hex seed is 0x and 64 hex digits");
        }
        if (!parts.password().isEmpty()) {
            throw new KeyFormatException("a password goes with a phrase, not with a hex seed");
        }
        return HexFormat.of().parseHex(parts.root(), 2, 2 + 2 * SEED);
    }

    private static byte[] child(KeyPair parent, Junction junction) throws KeyFormatException {
        return switch (parent.scheme) {
            case SR25519 ->
                    junction.hard()
                            ? Sr25519.expand(Sr25519.deriveHard(parent.secret, junction.code()))
                            : Sr25519.deriveSoft(parent.secret, junction.code());
            case ED25519 -> {
                if (!junction.hard()) {
                    throw new KeyFormatException(
                            "ed25519 has no soft derivation; write // before every junction");
                }
                yield Ed25519Keys.deriveHard(parent.secret, junction.code());
            }
        };
    }

    public Scheme scheme() {
        return scheme;
    }

    public Hotkey hotkey() {
        return hotkey;
    }

    /// Signs. Takes the same time for every secret key.
    ///
    /// @return 64 bytes; for sr25519 other ones at every call
    public byte[] sign(byte[] message) {
        return switch (scheme) {
            case SR25519 -> Sr25519.sign(secret, publicKey, message);
            case ED25519 -> Ed25519Keys.sign(secret, publicKey, message);
        };
    }

    /// Signs in another context than the network's, as for another use of the same key: no verifier may take it.
    ///
    /// @param context of an sr25519 signature, ASCII; ed25519 has none
    public byte[] signIn(String context, byte[] message) {
        if (scheme != Scheme.SR25519) {
            throw new IllegalStateException("only sr25519 signatures have a context");
        }
        return Sr25519.signIn(context, secret, publicKey, message);
    }

    /// **Secret.** What a keyfile calls `privateKey`: 64 bytes for sr25519, 32 for ed25519.
    public byte[] revealPrivateKey() {
        return secret.clone();
    }

    /// **Secret.** The seed, if this key was made from one.
    public Optional<byte[]> revealSeed() {
        return Optional.ofNullable(seed).map(byte[]::clone);
    }

    /// **Secret.** The phrase, if it leads to this key without a password.
    public Optional<String> revealPhrase() {
        return Optional.ofNullable(phrase);
    }

    /// Scheme and address only.
    @Override
    public String toString() {
        return "KeyPair[%s %s]".formatted(scheme.wireName(), hotkey.ss58());
    }
}
