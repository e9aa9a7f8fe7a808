package dev.kiln.loadtest.attack;

import static dev.kiln.core.Refusal.TASK_BAD_INPUT;
import static dev.kiln.core.Refusal.TASK_MEDIA_TYPE;
import static dev.kiln.core.Refusal.TASK_UNKNOWN_MODEL;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;

/// Bodies that are signed well and are not what the task reads.
final class BodyCases {
    private static final int BOMB = 64 << 20;
    private static final int DEPTH = 20_000;
    private static final String TYPE = "what is no text must not reach a tokenizer";
    private static final String TWO = "two readers of one body must see one question";

    private BodyCases() {}

    static List<Case> rows() {
        Row row = new Row(Family.BODY);
        fields(row.inAny());
        json(row);
        bytes(row);
        encodings(row);
        row.in(Spoken.BTAUTH)
                .add(
                        "body-model",
                        TASK_UNKNOWN_MODEL,
                        "a model that is not served",
                        "a typing mistake must not be answered by another model",
                        body(_ -> "{\"input\":\"a\",\"model\":\"../../etc/passwd\"}"))
                .add(
                        "body-duplicate-input",
                        TASK_BAD_INPUT,
                        "input twice",
                        TWO,
                        body(_ -> "{\"input\":\"a\",\"input\":\"b\"}"))
                .add(
                        "body-format",
                        TASK_BAD_INPUT,
                        "an encoding that does not exist",
                        "what was asked for must be what is answered",
                        body(_ -> "{\"input\":\"a\",\"encoding_format\":\"FLOAT\"}"))
                .add(
                        "body-dimensions",
                        TASK_BAD_INPUT,
                        "dimensions: 1e999999999",
                        "reading it as a number takes memory without end",
                        body(_ -> "{\"input\":\"a\",\"dimensions\":1e999999999}"));
        return row.rows();
    }

    private static Case.Attempt texts(String json) {
        return scene -> scene.ask(scene.asking(json));
    }

    /// An honest request with its body's text changed and signed anew.
    private static Case.Attempt body(UnaryOperator<String> change) {
        return raw(body -> change.apply(new String(body, UTF_8)).getBytes(UTF_8));
    }

    private static Case.Attempt raw(UnaryOperator<byte[]> change) {
        return scene -> {
            Request honest = scene.honest();
            return scene.ask(scene.sign(honest.body(change.apply(honest.body()))));
        };
    }

    private static void fields(Row row) {
        bad(row, "body-number", "a number for the texts", TYPE, texts("7"));
        bad(row, "body-null", "null for the texts", TYPE, texts("null"));
        bad(row, "body-object", "an object for the texts", TYPE, texts("{\"0\":\"a\"}"));
        bad(row, "body-tokens", "numbers for texts", TYPE, texts("[1,2,3]"));
        bad(row, "body-null-item", "null for a text", TYPE, texts("[\"a\",null]"));
        bad(row, "body-nested", "lists for texts", TYPE, texts("[[\"a\"],[\"b\"]]"));
        bad(row, "body-empty-object", "no fields at all", TYPE, body(_ -> "{}"));
        bad(
                row,
                "body-many",
                "100,000 texts",
                "one call must not be the work of thousands",
                texts("[" + "\"a\",".repeat(99_999) + "\"a\"]"));
        bad(
                row,
                "body-long",
                "one text of 3,000,000 letters",
                "tokenizers take longer than their text is",
                texts("[\"" + "a".repeat(3_000_000) + "\"]"));
    }

    private static void json(Row row) {
        bad(row, "body-nothing", "no body", TYPE, raw(_ -> new byte[0]));
        bad(row, "body-cut", "half a body", TYPE, body(text -> text.substring(0, 20)));
        bad(row, "body-list", "a list for the body", TYPE, body(text -> "[" + text + "]"));
        bad(row, "body-nan", "NaN for a text", TYPE, texts("[NaN]"));
        bad(row, "body-infinity", "Infinity for a text", TYPE, texts("[-Infinity]"));
        bad(row, "body-single-quotes", "single quotes", TWO, texts("['a']"));
        bad(row, "body-comment", "a comment", TWO, texts("[\"a\"/* b */]"));
        bad(row, "body-comma", "a comma too many", TWO, texts("[\"a\",]"));
        bad(row, "body-two", "two bodies in one", TWO, body(text -> text + text));
        bad(row, "body-trailing", "a letter after the body", TWO, body(text -> text + "x"));
        bad(row, "body-control", "a bare newline in a text", TWO, texts("[\"a\nb\"]"));
        bad(
                row,
                "body-depth-texts",
                "%,d lists in each other".formatted(DEPTH),
                "a reader that calls itself runs out of stack",
                texts("[".repeat(DEPTH) + "]".repeat(DEPTH)));
        bad(
                row,
                "body-depth-unknown",
                "%,d objects in each other, in a field nobody knows".formatted(DEPTH),
                "as above, where nothing is looked at",
                body(text ->
                        "{\"x\":"
                                + "{\"x\":".repeat(DEPTH)
                                + "1"
                                + "}".repeat(DEPTH)
                                + ","
                                + text.substring(1)));
        bad(
                row,
                "body-digits",
                "a number of a million digits, in a field nobody knows",
                "reading it takes the square of its length",
                body(text -> "{\"x\":" + "1".repeat(1_000_000) + "," + text.substring(1)));
    }

    private static void bytes(Row row) {
        bad(
                row,
                "body-utf8",
                "a byte that is no UTF-8",
                "what is replaced silently is another question",
                raw(body ->
                        new String(body, UTF_8).replace("dough", "d\u00ff").getBytes(ISO_8859_1)));
        bad(
                row,
                "body-overlong",
                "a slash in two bytes",
                "the oldest way round a filter",
                raw(body ->
                        new String(body, UTF_8)
                                .replace("dough", "\u00c0\u00af")
                                .getBytes(ISO_8859_1)));
        bad(
                row,
                "body-surrogate",
                "half a surrogate pair, escaped",
                "it is no text: what is signed cannot be what is hashed elsewhere",
                texts("[\"\\ud800\"]"));
        bad(
                row,
                "body-surrogates-turned",
                "a surrogate pair the wrong way round",
                "as above",
                texts("[\"\\udc00\\ud800\"]"));
        bad(row, "body-utf16", "UTF-16", TWO, body16());
        bad(row, "body-bom", "a byte-order mark before it", TWO, body(text -> "\ufeff" + text));
    }

    private static Case.Attempt body16() {
        return raw(body -> new String(body, UTF_8).getBytes(UTF_16LE));
    }

    private static void encodings(Row row) {
        media(row, "type-text", "text/plain", "Content-Type", as("text/plain", body -> body));
        media(
                row,
                "type-form",
                "a form",
                "Content-Type",
                as("application/x-www-form-urlencoded", body -> body));
        media(row, "encoding-gzip", "gzip", "Content-Encoding", as("gzip", BodyCases::gzip));
        media(
                row,
                "encoding-deflate",
                "deflate",
                "Content-Encoding",
                as("deflate", BodyCases::zlib));
        media(
                row,
                "encoding-gzip-bomb",
                "64 MiB of blanks in 64 KiB of gzip",
                "Content-Encoding",
                as("gzip", _ -> gzip(blanks())));
        media(
                row,
                "encoding-deflate-bomb",
                "64 MiB of blanks in 64 KiB of deflate",
                "Content-Encoding",
                as("deflate", _ -> zlib(blanks())));
        media(
                row,
                "encoding-declared",
                "gzip that is none",
                "Content-Encoding",
                as("gzip", body -> body));
        media(
                row,
                "encoding-two",
                "gzip, gzip",
                "Content-Encoding",
                as("gzip, gzip", BodyCases::gzip));
    }

    private static void media(Row row, String name, String sent, String header, Packed value) {
        row.add(
                "body-" + name,
                TASK_MEDIA_TYPE,
                sent,
                "whoever unpacks for strangers unpacks bombs",
                scene -> {
                    Request honest = scene.honest();
                    return scene.ask(
                            scene.sign(honest.body(value.change().apply(honest.body())))
                                    .with(header, value.text()));
                });
    }

    /// A header's value and what it does to the body.
    private record Packed(String text, UnaryOperator<byte[]> change) {}

    private static Packed as(String text, UnaryOperator<byte[]> change) {
        return new Packed(text, change);
    }

    private static void bad(Row row, String name, String sent, String why, Case.Attempt attempt) {
        row.add(name, TASK_BAD_INPUT, sent, why, attempt);
    }

    private static byte[] blanks() {
        byte[] blanks = new byte[BOMB];
        Arrays.fill(blanks, (byte) ' ');
        return blanks;
    }

    private static byte[] gzip(byte[] body) {
        return packed(body, GZIPOutputStream::new);
    }

    private static byte[] zlib(byte[] body) {
        return packed(body, DeflaterOutputStream::new);
    }

    private interface Packing {
        OutputStream over(OutputStream out) throws IOException;
    }

    private static byte[] packed(byte[] body, Packing packing) {
        var packed = new ByteArrayOutputStream();
        try (OutputStream out = packing.over(packed)) {
            out.write(body);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return packed.toByteArray();
    }
}
