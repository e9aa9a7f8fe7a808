package dev.kiln.core;

import java.util.ArrayList;
import java.util.List;

/// A request's line and headers as they came; nothing in it is believed yet.
///
/// @param method the method token as sent
/// @param target the raw request target: path and query, percent-encoding kept
/// @param headers every field in the order received, duplicates kept
/// @param source the peer's address without port
/// @param arrivedEpochNanos wall clock at arrival
/// @param arrivedTick monotonic clock at arrival
public record RequestHead(
        String method,
        String target,
        List<Header> headers,
        String source,
        long arrivedEpochNanos,
        long arrivedTick) {
    public RequestHead {
        headers = List.copyOf(headers);
    }

    /// Every value of a header, names compared without case.
    public List<String> values(String name) {
        List<String> found = new ArrayList<>(1);
        for (Header header : headers) {
            if (header.name().equalsIgnoreCase(name)) {
                found.add(header.value());
            }
        }
        return found;
    }
}
