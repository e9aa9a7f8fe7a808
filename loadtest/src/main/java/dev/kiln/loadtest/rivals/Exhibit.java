package dev.kiln.loadtest.rivals;

import dev.kiln.loadtest.bench.LengthMix;
import dev.kiln.loadtest.quality.Pairs;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.stream.Stream;

/// A model that every system serves, and what it is asked.
///
/// @param folder with `model.onnx`, `tokenizer.json` and what each system wants beside them
/// @param dimension of its vectors
/// @param words what it is, for people
record Exhibit(String name, Path folder, int dimension, String words, List<String> texts) {
    static final String MINILM = "minilm";
    static final String MIXED = "minilm-mixed";
    static final String IDENTITY = "identity";

    /// In the order of a round.
    static final List<String> NAMES = List.of(MINILM, MIXED, IDENTITY);

    private static final int TEXTS = 400;

    /// Few words, so that cutting them into tokens and looking those up stays below 0.1 ms.
    private static final int FEW_WORDS = 3;

    Exhibit {
        texts = List.copyOf(texts);
    }

    /// One of [#NAMES].
    ///
    /// @param models the folder that holds theirs
    static Exhibit of(String name, Path models, long seed) {
        return switch (name) {
            case MINILM ->
                    new Exhibit(
                            name,
                            models.resolve(MINILM),
                            384,
                            "MiniLM-L6-v2, fp32; one sentence per request",
                            sentences());
            case MIXED ->
                    new Exhibit(
                            name,
                            models.resolve(MINILM),
                            384,
                            "MiniLM-L6-v2, fp32; one text per request, " + LengthMix.WORDS,
                            LengthMix.texts(seed, TEXTS, Pairs.load()).stream()
                                    .distinct()
                                    .toList());
            case IDENTITY ->
                    new Exhibit(
                            name,
                            models.resolve(IDENTITY),
                            32,
                            "a graph that looks a 32-number vector up for each token; one text of three words per request",
                            brief());
            default -> throw new IllegalArgumentException("no exhibit " + name);
        };
    }

    private static List<String> sentences() {
        return Pairs.load().stream()
                .flatMap(pair -> Stream.of(pair.first(), pair.second()))
                .distinct()
                .limit(TEXTS)
                .toList();
    }

    private static List<String> brief() {
        var texts = new LinkedHashSet<String>();
        Pairs.load().forEach(pair -> texts.add(start(pair.first())));
        return new ArrayList<>(texts);
    }

    private static String start(String text) {
        return String.join(" ", Arrays.stream(text.split(" ")).limit(FEW_WORDS).toList());
    }
}
