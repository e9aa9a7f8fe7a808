package dev.kiln.bittensor.wire;

import dev.kiln.core.Header;
import java.util.List;

/// An answer as it came from the wire; nothing in it is believed yet.
///
/// @param headers every field in the order received, duplicates kept
/// @param body the raw bytes, before any decoding
@SuppressWarnings("ArrayRecordComponent") // a carrier, never compared
public record Answer(int status, List<Header> headers, byte[] body) {
    List<String> values(String name) {
        return headers.stream()
                .filter(header -> header.name().equalsIgnoreCase(name))
                .map(Header::value)
                .toList();
    }
}
