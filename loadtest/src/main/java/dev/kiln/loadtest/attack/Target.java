package dev.kiln.loadtest.attack;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/// What kind of server is attacked.
public enum Target {
    /// Ours: every refusal has a code, and the code must be the right one.
    KILN(Spoken.BTAUTH),
    /// An Axon of SDK 10 with the synapse `TextEmbedding`. It has no codes: what is refused is refused.
    AXON_10(Spoken.AXON),
    /// FastAPI with SDK 11's verifier. It has no codes either.
    FASTAPI_11(Spoken.BTAUTH);

    private final Spoken spoken;

    Target(Spoken spoken) {
        this.spoken = spoken;
    }

    /// The dialect it speaks where nothing else is asked for.
    public Spoken spoken() {
        return spoken;
    }

    /// Whether its reason codes are looked at.
    public boolean hasCodes() {
        return this == KILN;
    }

    /// The kind of this name, as users write it.
    public static Optional<Target> of(String name) {
        String known =
                switch (name) {
                    // As `kiln load` calls them.
                    case "sdk10-axon" -> "axon-10";
                    case "fastapi" -> "fastapi-11";
                    default -> name;
                };
        return Arrays.stream(values()).filter(each -> each.toString().equals(known)).findFirst();
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
