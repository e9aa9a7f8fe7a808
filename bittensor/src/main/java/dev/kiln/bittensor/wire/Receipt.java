package dev.kiln.bittensor.wire;

import dev.kiln.core.Hotkey;
import dev.kiln.core.Scheme;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// What a checked answer proves: this miner signed this status, this body and these assertions in answer to this very
/// request. What is asserted remains the miner's word.
///
/// @param nonce nanoseconds since 1970 on the caller's clock, when the answer was signed
/// @param requestDigest SHA-256 of the signed request payload
/// @param asserted facts in the order given, each a `String` or a `Long`
public record Receipt(
        Hotkey miner,
        Scheme scheme,
        int status,
        long nonce,
        String requestDigest,
        Map<String, Object> asserted) {
    public Receipt {
        asserted = Collections.unmodifiableMap(new LinkedHashMap<>(asserted));
    }

    /// The name of the model the miner says it ran; empty when none did.
    public Optional<String> model() {
        return text("model");
    }

    /// An asserted string.
    public Optional<String> text(String name) {
        return asserted.get(name) instanceof String text ? Optional.of(text) : Optional.empty();
    }

    /// An asserted integer.
    public Optional<Long> number(String name) {
        return asserted.get(name) instanceof Long number ? Optional.of(number) : Optional.empty();
    }
}
