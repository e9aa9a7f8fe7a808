package dev.kiln.loadtest.rivals;

import dev.kiln.loadtest.bench.LengthMix;
import dev.kiln.loadtest.quality.Pairs;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;

/// A model that every system serves, and what it is asked.
///
/// @param folder with `model.onnx`, `tokenizer.json` and what each system wants beside them
/// @param dimension of its vectors
/// @param words what it is, for people
record Exhibit(String name, Path folder, int dimension, String words, List<String> texts) {
    static final List<String> NAMES = List.of("minilm", "identity");

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
        return name.equals("identity")
                ? new Exhibit(
                        name,
                        models.resolve(name),
                        32,
                        "a graph that looks a 32-number vector up for each token; one text of three words per request",
                        brief())
                : new Exhibit(
                        name,
                        models.resolve(name),
                        384,
                        "MiniLM-L6-v2, fp32; one text per request, " + LengthMix.WORDS,
                        LengthMix.texts(seed, TEXTS, Pairs.load()).stream().distinct().toList());
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
