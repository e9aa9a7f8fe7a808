package dev.kiln.loadtest.bench;

import dev.kiln.loadtest.quality.Pair;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/// Texts of mixed lengths, put together from the labelled sentences and decided by the seed.
public final class LengthMix {
    /// The mix in words.
    public static final String WORDS = "60 % one sentence, 30 % four sentences, 10 % ten sentences";

    private static final int[] SENTENCES = {1, 1, 1, 1, 1, 1, 4, 4, 4, 10};

    private LengthMix() {}

    /// This many texts, one line each.
    public static List<String> texts(long seed, int count, List<Pair> pairs) {
        var random = new SplittableRandom(seed);
        List<String> texts = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            int sentences = SENTENCES[random.nextInt(SENTENCES.length)];
            List<String> chosen = new ArrayList<>(sentences);
            for (int j = 0; j < sentences; j++) {
                Pair pair = pairs.get(random.nextInt(pairs.size()));
                chosen.add(random.nextBoolean() ? pair.first() : pair.second());
            }
            texts.add(String.join(" ", chosen));
        }
        return texts;
    }
}
