package dev.kiln.core;

import java.util.ArrayList;
import java.util.List;

/// What goes out: status, content type, headers beside it, raw body.
@SuppressWarnings("ArrayRecordComponent") // a carrier, never compared
public record Reply(int status, String contentType, List<Header> headers, byte[] body) {
    public Reply(int status, String contentType, byte[] body) {
        this(status, contentType, List.of(), body);
    }

    public Reply with(List<Header> more) {
        if (more.isEmpty()) {
            return this;
        }
        List<Header> all = new ArrayList<>(headers);
        all.addAll(more);
        return new Reply(status, contentType, List.copyOf(all), body);
    }
}
