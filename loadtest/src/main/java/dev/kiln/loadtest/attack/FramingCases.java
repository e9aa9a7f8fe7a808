package dev.kiln.loadtest.attack;

import static dev.kiln.core.Refusal.AUTH_MALFORMED;
import static dev.kiln.core.Refusal.AUTH_NO_SIGNATURE;
import static dev.kiln.core.Refusal.LIMIT_BODY_SIZE;
import static dev.kiln.core.Refusal.TASK_BAD_INPUT;
import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;

/// Messages whose head or end two readers may see differently: what request smuggling is made of.
final class FramingCases {
    private static final String TE = "Transfer-Encoding";
    private static final String CL = "Content-Length";
    private static final String SMUGGLE =
            "behind a proxy that sees another end, the rest is the next caller's request";

    private FramingCases() {}

    static List<Case> rows() {
        Row row = new Row(Family.FRAMING).inAny();
        lengths(row);
        codings(row);
        chunks(row);
        lines(row);
        letters(row);
        hosts(row);
        hidden(row);
        return row.rows();
    }

    private static void lengths(Row row) {
        length(row, "frame-two-lengths", "two lengths that differ", n -> n + "\r\n" + CL + ": 1");
        length(row, "frame-same-lengths", "the same length twice", n -> n + "\r\n" + CL + ": " + n);
        length(row, "frame-length-list", "two lengths in one header", n -> n + ", " + n);
        length(row, "frame-length-plus", "a plus sign", n -> "+" + n);
        length(row, "frame-length-minus", "a minus sign", n -> "-" + n);
        length(row, "frame-length-hex", "hex digits", n -> "0x" + Integer.toHexString(n));
        length(row, "frame-length-word", "a word", _ -> "many");
        length(row, "frame-length-overflow", "2^64 and the length", FramingCases::overflown);
    }

    private static String overflown(int length) {
        return BigInteger.TWO.pow(64).add(BigInteger.valueOf(length)).toString();
    }

    private static void length(Row row, String name, String sent, Function<Integer, String> value) {
        bad(
                row,
                name,
                "Content-Length: " + sent,
                request -> request.with(CL, value.apply(request.body().length)).bytes());
    }

    private static void codings(Row row) {
        bad(
                row,
                "frame-length-and-chunked",
                "Content-Length beside chunked",
                request -> request.with(CL, Integer.toString(request.body().length)).chunked());
        coding(row, "frame-xchunked", "xchunked");
        coding(row, "frame-identity", "identity");
        coding(row, "frame-gzip-chunked", "gzip, chunked");
        coding(row, "frame-chunked-twice", "chunked, chunked");
        coding(row, "frame-chunked-tab", "\tchunked\u000b");
        coding(row, "frame-chunked-quoted", "\"chunked\"");
        bad(
                row,
                "frame-coding-header-twice",
                "Transfer-Encoding twice",
                request -> request.also(TE, "identity").also(TE, "chunked").bytes());
        bad(
                row,
                "frame-coding-blank",
                "a blank before the colon of Transfer-Encoding",
                request -> replaced(request.chunked(), TE + ": chunked", TE + " : chunked"));
        bad(
                row,
                "frame-coding-1-0",
                "chunked in HTTP/1.0",
                request -> replaced(request.chunked(), "HTTP/1.1", "HTTP/1.0"));
    }

    private static void coding(Row row, String name, String value) {
        bad(
                row,
                name,
                "Transfer-Encoding: " + value.strip(),
                request -> replaced(request.chunked(), TE + ": chunked", TE + ": " + value));
    }

    private static void chunks(Row row) {
        chunk(row, "frame-chunk-hex", "a chunk's size with 0x", size -> "0x" + size);
        chunk(row, "frame-chunk-minus", "a negative chunk", size -> "-" + size);
        chunk(row, "frame-chunk-plus", "a chunk's size with a plus sign", size -> "+" + size);
        chunk(
                row,
                "frame-chunk-huge",
                "a chunk of 2^68 and its size",
                size -> "10000000000000000" + size);
        chunk(row, "frame-chunk-word", "a chunk's size with a letter", size -> size + "x");
        broken(
                row,
                "frame-chunk-end",
                "no line end after a chunk",
                request -> replaced(request.chunked(), "\r\n0\r\n\r\n", "XX0\r\n\r\n"));
    }

    /// A body that breaks off has no end to answer after: the connection is all there is to end.
    private static void broken(Row row, String name, String sent, Function<Request, byte[]> bytes) {
        row.row(
                name,
                Expected.hangUp(),
                sent,
                SMUGGLE,
                scene -> scene.send(bytes.apply(scene.honest())));
    }

    private static void chunk(Row row, String name, String sent, Function<String, String> size) {
        broken(
                row,
                name,
                sent,
                request -> {
                    String honest = Integer.toHexString(request.body().length);
                    return replaced(
                            request.chunked(),
                            "\r\n\r\n" + honest + "\r\n",
                            "\r\n\r\n" + size.apply(honest) + "\r\n");
                });
    }

    private static void lines(Row row) {
        row.add(
                "frame-folded-signature",
                AUTH_MALFORMED,
                "the signature folded over two lines",
                "a reader who joins the lines without a blank reads another signature",
                scene -> {
                    Request honest = scene.honest();
                    String hex = honest.value(scene.spoken().names().signature());
                    String folded = hex.substring(0, 66) + "\r\n " + hex.substring(66);
                    return scene.send(honest.bytes(hex, folded));
                });
        bad(
                row,
                "frame-folded-coding",
                "Transfer-Encoding folded over two lines",
                request -> replaced(request.chunked(), TE + ": chunked", TE + ": x,\r\n chunked"));
        bad(
                row,
                "frame-folded-length",
                "Content-Length folded over two lines",
                request -> request.bytes("Content-Length: ", "Content-Length:\r\n "));
        bad(
                row,
                "frame-bare-lf",
                "lines that end in a bare LF",
                request ->
                        joined(
                                new String(request.head(), ISO_8859_1).replace("\r\n", "\n"),
                                request.body()));
    }

    private static void letters(Row row) {
        bad(
                row,
                "frame-bare-cr",
                "a bare CR inside a header",
                request -> request.bytes("Host: kiln", "Host: kiln\r\nX-Bare: a\rb"));
        bad(
                row,
                "frame-nul",
                "a NUL inside a header",
                request -> request.bytes("Host: kiln", "Host: kiln\r\nX-Nul: a\0b"));
        bad(
                row,
                "frame-name-blank",
                "a blank inside a header's name",
                request -> request.bytes("Host: kiln", "Host: kiln\r\nX Blank: a"));
        bad(
                row,
                "frame-name-none",
                "a header without a name",
                request -> request.bytes("Host: kiln", "Host: kiln\r\n: a"));
        bad(
                row,
                "frame-no-colon",
                "a header without a colon",
                request -> request.bytes("Host: kiln", "Host: kiln\r\nnonsense"));
        bad(
                row,
                "frame-first-blank",
                "a blank before the first header",
                request -> request.bytes("Host: kiln", " X-First: a\r\nHost: kiln"));
        row.row(
                "frame-version",
                Expected.bare(501),
                "HTTP/9.9",
                "rules of a version that does not exist",
                scene -> scene.send(scene.honest().bytes("HTTP/1.1", "HTTP/9.9")));
        bad(row, "frame-no-version", "no version", request -> request.bytes(" HTTP/1.1", ""));
        bad(
                row,
                "frame-words",
                "a request line of four words",
                request -> request.bytes(" HTTP/1.1", " x HTTP/1.1"));
    }

    private static void hosts(Row row) {
        bad(row, "frame-no-host", "no Host", request -> request.bytes("Host: kiln\r\n", ""));
        bad(
                row,
                "frame-two-hosts",
                "two Hosts",
                request -> request.bytes("Host: kiln", "Host: kiln\r\nHost: other"));
    }

    /// Honest outside, another request inside: one answer may come, never two.
    private static void hidden(Row row) {
        String inner = "GET /livez HTTP/1.1\r\nHost: kiln\r\n\r\n";
        row.row(
                        "frame-hidden-refused",
                        Expected.refused(AUTH_NO_SIGNATURE),
                        "a request in the body of one that is refused",
                        "a body that is not read is read as the next request",
                        scene ->
                                only(
                                        scene,
                                        new Request(
                                                        "POST",
                                                        scene.spoken().path(),
                                                        List.of(),
                                                        inner.getBytes(ISO_8859_1))
                                                .bytes()))
                .row(
                        "frame-hidden-chunked",
                        Expected.refused(TASK_BAD_INPUT),
                        "a request after a chunked body that ends early for who counts bytes",
                        SMUGGLE,
                        scene -> {
                            Request honest = scene.honest().body(new byte[0]);
                            byte[] chunked =
                                    scene.sign(honest)
                                            .with(CL, Integer.toString(inner.length() + 5))
                                            .chunked();
                            return only(
                                    scene, joined(new String(chunked, ISO_8859_1), bytes(inner)));
                        })
                .row(
                        "frame-hidden-get",
                        Expected.refused(LIMIT_BODY_SIZE, AUTH_NO_SIGNATURE),
                        "a GET with a body that is a request",
                        "who takes a GET to have no body reads two requests",
                        scene ->
                                only(
                                        scene,
                                        joined(
                                                "GET /v1/models HTTP/1.1\r\nHost: kiln\r\nContent-Length: %d\r\n\r\n"
                                                        .formatted(inner.length()),
                                                bytes(inner))));
    }

    /// The first answer, unless a second one comes.
    private static Outcome only(Scene scene, byte[] bytes) throws IOException {
        try (Wire wire = Wire.to(scene.url(), Duration.ofMillis(1_200))) {
            wire.offer(bytes);
            Outcome first = wire.outcome();
            Outcome second = wire.outcome();
            return second instanceof Outcome.Answered ? new Outcome.Answered(200, "TWICE") : first;
        }
    }

    private static void bad(Row row, String name, String sent, Function<Request, byte[]> bytes) {
        row.add(
                name,
                TASK_BAD_INPUT,
                sent,
                SMUGGLE,
                scene -> scene.send(bytes.apply(scene.honest())));
    }

    private static byte[] replaced(byte[] all, String piece, String by) {
        String text = new String(all, ISO_8859_1);
        if (!text.contains(piece)) {
            throw new IllegalStateException("the request has no " + piece);
        }
        return bytes(text.replace(piece, by));
    }

    private static byte[] joined(String head, byte[] body) {
        var all = new ByteArrayOutputStream();
        all.writeBytes(bytes(head));
        all.writeBytes(body);
        return all.toByteArray();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(ISO_8859_1);
    }
}
