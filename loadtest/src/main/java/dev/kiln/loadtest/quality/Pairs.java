package dev.kiln.loadtest.quality;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;

/// The labelled sentence pairs that ship inside the harness.
public final class Pairs {
    private static final String RESOURCE = "/pairs/pairs.tsv";

    private Pairs() {}

    /// Every pair, in the order of the file.
    public static List<Pair> load() {
        try (InputStream in =
                Objects.requireNonNull(Pairs.class.getResourceAsStream(RESOURCE), RESOURCE)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.isBlank() && !line.startsWith("#"))
                    .map(Pairs::parse)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Pair parse(String line) {
        String[] columns = line.split("\t", -1);
        if (columns.length != 4 || !columns[0].matches("[01]")) {
            throw new IllegalStateException(
                    RESOURCE + " needs label, topic and two sentences, was: " + line);
        }
        return new Pair(columns[0].equals("1"), columns[1], columns[2], columns[3]);
    }
}
