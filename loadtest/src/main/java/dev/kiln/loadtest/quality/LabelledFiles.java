package dev.kiln.loadtest.quality;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/// Files whose types are known because they were written here: the truth for a detector of file types. The same seed
/// writes the same files. Labels are those of Magika's `magika.labels`.
///
/// **Threads:** confined to one.
public final class LabelledFiles {
    /// Every type that is written, in the order of writing.
    public static final List<String> TYPES =
            List.of(
                    "json",
                    "xml",
                    "html",
                    "csv",
                    "python",
                    "java",
                    "javascript",
                    "shell",
                    "sql",
                    "png",
                    "gzip",
                    "zip");

    private static final List<String> NOUNS =
            List.of(
                    "miner", "batch", "lane", "receipt", "stake", "model", "kiln", "caller",
                    "queue", "token", "score", "block", "epoch", "weight", "probe", "ticket");
    private static final List<String> VERBS =
            List.of("load", "serve", "verify", "sign", "count", "merge", "drain", "read");

    private final SplittableRandom random;
    private long written;

    /// One file.
    ///
    /// @param type its label
    @SuppressWarnings("ArrayRecordComponent") // a carrier, never compared
    public record Labelled(String type, byte[] bytes) {}

    public LabelledFiles(long seed) {
        this.random = new SplittableRandom(seed);
    }

    /// The next file; types come in turn.
    public Labelled next() {
        String type = TYPES.get((int) (written++ % TYPES.size()));
        try {
            return new Labelled(type, bytes(type));
        } catch (IOException e) {
            throw new UncheckedIOException("memory is always writable", e);
        }
    }

    private byte[] bytes(String type) throws IOException {
        return switch (type) {
            case "png" -> png();
            case "gzip" -> packed(GZIPOutputStream::new);
            case "zip" -> zip();
            default -> text(type).getBytes(StandardCharsets.UTF_8);
        };
    }

    private String text(String type) {
        return switch (type) {
            case "json" ->
                    "{\n  \"%s\": [\n%s\n  ]\n}\n"
                            .formatted(noun(), lines(",\n", this::jsonObject));
            case "xml" ->
                    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<%1$ss>\n%2$s\n</%1$ss>\n"
                            .formatted(noun(), lines("\n", this::xmlElement));
            case "html" ->
                    "<!DOCTYPE html>\n<html>\n<head><title>%s</title></head>\n<body>\n%s\n</body>\n</html>\n"
                            .formatted(noun(), lines("\n", this::htmlBlock));
            case "csv" ->
                    "id,%s,%s,%s\n%s\n"
                            .formatted(noun(), noun(), noun(), lines("\n", this::csvRow));
            case "python" -> "import os\nimport sys\n\n\n" + lines("\n\n", this::pythonFunction);
            case "java" ->
                    "package dev.%s;\n\nimport java.util.List;\n\npublic final class %s {\n%s\n}\n"
                            .formatted(noun(), capital(noun()), lines("\n", this::javaMethod));
            case "javascript" ->
                    "'use strict';\nconst fs = require('fs');\n\n%s\nmodule.exports = { %s };\n"
                            .formatted(lines("\n", this::scriptFunction), noun());
            case "shell" -> "#!/bin/bash\nset -euo pipefail\n\n" + lines("\n", this::shellBlock);
            default -> lines("\n", this::sqlStatement);
        };
    }

    private String jsonObject() {
        return "    {\n      \"%s\": %d,\n      \"%s\": \"%s %s\",\n      \"%s\": [%d, %d.5, true, null]\n    }"
                .formatted(noun(), number(), noun(), verb(), noun(), noun(), number(), number());
    }

    private String xmlElement() {
        String name = noun();
        return "  <%1$s id=\"%2$d\"><%3$s>%4$s %3$s</%3$s></%1$s>"
                .formatted(name, number(), noun(), verb());
    }

    private String htmlBlock() {
        return "<div class=\"%s\"><h2>%s the %s</h2><p>Every %s has <a href=\"/%s\">a %s</a>.</p></div>"
                .formatted(noun(), capital(verb()), noun(), noun(), noun(), noun());
    }

    private String csvRow() {
        return "%d,%s,%d.%d,%s".formatted(number(), noun(), number(), number(), verb());
    }

    private String pythonFunction() {
        return "def %1$s_%2$s(%3$s, limit=%4$d):\n    \"\"\"%5$s the %3$s.\"\"\"\n    for i, item in enumerate(%3$s):\n        if item is None or i > limit:\n            raise ValueError(f\"no {item}\")\n        yield item\n"
                .formatted(verb(), noun(), noun() + "s", number(), capital(verb()));
    }

    private String javaMethod() {
        return "    public static int %s%s(List<String> %ss) {\n        int sum = %d;\n        for (String each : %3$ss) {\n            sum += each.length();\n        }\n        return sum;\n    }\n"
                .formatted(verb(), capital(noun()), noun(), number());
    }

    private String scriptFunction() {
        return "async function %s%s(%s) {\n  const all = await fs.promises.readFile(`${%3$s}.json`);\n  return JSON.parse(all).filter((one) => one !== null && one.%s > %d);\n}\n"
                .formatted(verb(), capital(noun()), noun(), noun(), number());
    }

    private String shellBlock() {
        return "if [ -z \"${%1$s:-}\" ]; then\n    echo \"no %2$s given\" >&2\n    exit %3$d\nfi\nfor f in /var/%2$s/*.log; do\n    grep -c %4$s \"$f\" || true\ndone\n"
                .formatted(noun().toUpperCase(Locale.ROOT), noun(), 1 + random.nextInt(9), verb());
    }

    private String sqlStatement() {
        return "SELECT %s.id, COUNT(*) AS total FROM %1$s JOIN %s ON %2$s.id = %1$s.%2$s_id WHERE %1$s.%s > %d GROUP BY %1$s.id ORDER BY total DESC;\nINSERT INTO %2$s (id, name) VALUES (%d, '%s');\n"
                .formatted(noun(), noun() + "s", noun(), number(), number(), verb());
    }

    private byte[] png() throws IOException {
        int side = 8 + random.nextInt(24);
        byte[] pixels = new byte[3 * side * side];
        random.nextBytes(pixels);
        return Png.rgb(side, side, pixels);
    }

    /// A stream that packs into another.
    private interface Packing {
        OutputStream around(OutputStream target) throws IOException;
    }

    private byte[] packed(Packing packing) throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (OutputStream out = packing.around(bytes)) {
            out.write(text("csv").getBytes(StandardCharsets.UTF_8));
        }
        return bytes.toByteArray();
    }

    private byte[] zip() throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var out = new ZipOutputStream(bytes)) {
            for (int i = 0; i <= random.nextInt(3); i++) {
                var entry = new ZipEntry("%s%d.txt".formatted(noun(), i));
                entry.setTime(1_000_000_000_000L);
                out.putNextEntry(entry);
                out.write(text("sql").getBytes(StandardCharsets.UTF_8));
            }
        }
        return bytes.toByteArray();
    }

    private String lines(String between, Supplier<String> line) {
        return IntStream.range(0, 4 + random.nextInt(12))
                .mapToObj(_ -> line.get())
                .collect(Collectors.joining(between));
    }

    private String noun() {
        return NOUNS.get(random.nextInt(NOUNS.size()));
    }

    private String verb() {
        return VERBS.get(random.nextInt(VERBS.size()));
    }

    private int number() {
        return random.nextInt(1, 10_000);
    }

    private static String capital(String word) {
        return word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1);
    }
}
