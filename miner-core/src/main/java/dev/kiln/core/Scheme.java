package dev.kiln.core;

import java.util.Optional;

/// A signature scheme of the network. The roster pins one per caller; a request never chooses it.
public enum Scheme {
    ED25519("ed25519", 0),
    SR25519("sr25519", 1);

    private final String wireName;
    private final int cryptoType;

    Scheme(String wireName, int cryptoType) {
        this.wireName = wireName;
        this.cryptoType = cryptoType;
    }

    /// The name as it stands in signed payloads and headers.
    public String wireName() {
        return wireName;
    }

    /// The number that keyfiles carry as `cryptoType`.
    public int cryptoType() {
        return cryptoType;
    }

    /// The scheme with exactly this wire name, if Kiln knows it.
    public static Optional<Scheme> ofWireName(String name) {
        for (Scheme scheme : values()) {
            if (scheme.wireName.equals(name)) {
                return Optional.of(scheme);
            }
        }
        return Optional.empty();
    }
}
