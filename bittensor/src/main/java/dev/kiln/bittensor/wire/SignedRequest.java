package dev.kiln.bittensor.wire;

import dev.kiln.core.Header;
import dev.kiln.core.Hotkey;
import java.util.List;

/// A request that was signed, and what an answer to it must be bound to.
///
/// @param headers to send beside the body
/// @param sender who signed
/// @param nonce nanoseconds since 1970 on the sender's clock
/// @param digest SHA-256 of the signed payload, 64 lower-case hex digits
public record SignedRequest(
        String method,
        String target,
        List<Header> headers,
        Hotkey sender,
        long nonce,
        String digest) {}
