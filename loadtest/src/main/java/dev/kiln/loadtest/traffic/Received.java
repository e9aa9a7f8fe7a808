package dev.kiln.loadtest.traffic;

import dev.kiln.core.Header;
import java.util.List;
import java.util.Optional;

/// A response as it came.
///
/// @param headers those of the head, and behind them those of the trailer
/// @param body the raw bytes; not copied, not to be changed
/// @param epochNanos wall clock when the last byte was here
@SuppressWarnings("ArrayRecordComponent") // a carrier, never compared
public record Received(int status, List<Header> headers, byte[] body, long epochNanos) {
    /// The first value of a header, names compared without case.
    public Optional<String> header(String name) {
        return headers.stream()
                .filter(header -> header.name().equalsIgnoreCase(name))
                .map(Header::value)
                .findFirst();
    }
}
