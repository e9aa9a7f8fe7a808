package dev.kiln.loadtest.attack;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.kiln.core.Header;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;

/// An HTTP request as it will stand on the wire, byte by byte. Nothing is checked: that is what it is for.
///
/// @param headers in this order; `Host`, `Content-Type` and `Content-Length` are added where they are missing
@SuppressWarnings("ArrayRecordComponent") // a carrier, never compared
record Request(String method, String target, List<Header> headers, byte[] body) {
    private static final String CRLF = "\r\n";

    Request method(String other) {
        return new Request(other, target, headers, body);
    }

    Request target(String other) {
        return new Request(method, other, headers, body);
    }

    Request body(byte[] other) {
        return new Request(method, target, headers, other);
    }

    /// The same with one bit of the body turned.
    Request bodyBit() {
        byte[] other = body.clone();
        other[other.length / 2] ^= 1;
        return body(other);
    }

    /// The first value of a header, empty where it is missing.
    String value(String name) {
        return headers.stream()
                .filter(header -> header.name().equalsIgnoreCase(name))
                .map(Header::value)
                .findFirst()
                .orElse("");
    }

    /// The same with this header and no other of its name, at the old one's place.
    Request with(String name, String value) {
        if (headers.stream().noneMatch(header -> header.name().equalsIgnoreCase(name))) {
            return also(name, value);
        }
        return headers(
                headers.stream()
                        .map(header ->
                                header.name().equalsIgnoreCase(name)
                                        ? new Header(name, value)
                                        : header)
                        .toList());
    }

    /// The same with a header's value changed.
    Request with(String name, UnaryOperator<String> change) {
        return with(name, change.apply(value(name)));
    }

    /// The same with one more header at the end.
    Request also(String name, String value) {
        List<Header> all = new ArrayList<>(headers);
        all.add(new Header(name, value));
        return headers(all);
    }

    Request without(String name) {
        return headers(
                headers.stream().filter(header -> !header.name().equalsIgnoreCase(name)).toList());
    }

    private Request headers(List<Header> other) {
        return new Request(method, target, List.copyOf(other), body);
    }

    /// The head, with the blank line.
    byte[] head() {
        StringBuilder head = new StringBuilder(1024);
        head.append(method).append(' ').append(target).append(" HTTP/1.1").append(CRLF);
        line(head, "Host", "kiln");
        line(head, "Content-Type", "application/json");
        if (value("Transfer-Encoding").isEmpty()) {
            line(head, "Content-Length", Integer.toString(body.length));
        }
        for (Header header : headers) {
            head.append(header.name()).append(": ").append(header.value()).append(CRLF);
        }
        return head.append(CRLF).toString().getBytes(ISO_8859_1);
    }

    /// One header, unless the request has its own.
    private void line(StringBuilder head, String name, String value) {
        if (headers.stream().noneMatch(header -> header.name().equalsIgnoreCase(name))) {
            head.append(name).append(": ").append(value).append(CRLF);
        }
    }

    /// Head and body.
    byte[] bytes() {
        var all = new ByteArrayOutputStream(body.length + 1024);
        all.writeBytes(head());
        all.writeBytes(body);
        return all.toByteArray();
    }

    /// Head and body in one chunk, announced as chunked beside whatever else is announced.
    byte[] chunked() {
        var all = new ByteArrayOutputStream(body.length + 1024);
        all.writeBytes(with("Transfer-Encoding", "chunked").head());
        all.writeBytes((Integer.toHexString(body.length) + CRLF).getBytes(ISO_8859_1));
        all.writeBytes(body);
        all.writeBytes((CRLF + "0" + CRLF + CRLF).getBytes(ISO_8859_1));
        return all.toByteArray();
    }

    /// The bytes with a piece of the head replaced, for what no header can say.
    byte[] bytes(String piece, String by) {
        String head = new String(head(), ISO_8859_1);
        if (!head.contains(piece)) {
            throw new IllegalStateException("the head has no " + piece);
        }
        byte[] changed = head.replace(piece, by).getBytes(ISO_8859_1);
        byte[] all = Arrays.copyOf(changed, changed.length + body.length);
        System.arraycopy(body, 0, all, changed.length, body.length);
        return all;
    }
}
