package dev.kiln.loadtest.traffic;

import dev.kiln.loadtest.quality.Pair;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/// Makes questions of labelled pairs: every pair is dealt once before any comes again.
///
/// **Threads:** confined to one at a time.
public final class PairDeck implements Deck {
    private final List<Pair> pairs;
    private final Lengths lengths;
    private final Wording wording;
    private final List<Pair> left = new ArrayList<>();

    public PairDeck(List<Pair> pairs, Lengths lengths, Wording wording) {
        this.pairs = List.copyOf(pairs);
        this.lengths = lengths;
        this.wording = wording;
    }

    @Override
    public Question next(SplittableRandom random, int sentences) {
        Lengths.Size size =
                sentences == Moments.ANY_LENGTH
                        ? lengths.draw(random)
                        : new Lengths.Size(1, sentences);
        List<Pair> drawn = new ArrayList<>(size.pairs());
        List<String> texts = new ArrayList<>(2 * size.pairs() + 1);
        for (int i = 0; i < size.pairs(); i++) {
            Pair pair = draw(random);
            drawn.add(pair);
            texts.add(pair.first());
            texts.add(pair.second());
        }
        if (size.sentences() > 0) {
            texts.add(filler(random.nextInt(Lengths.FILLERS), size.sentences()));
        }
        return new Question(List.copyOf(drawn), List.copyOf(texts), wording.body(texts));
    }

    private Pair draw(SplittableRandom random) {
        if (left.isEmpty()) {
            left.addAll(pairs);
            for (int i = left.size() - 1; i > 0; i--) {
                int other = random.nextInt(i + 1);
                left.set(i, left.set(other, left.get(i)));
            }
        }
        return left.removeLast();
    }

    /// One of few long texts, so that each comes again and can be compared.
    private String filler(int number, int sentences) {
        List<String> chosen = new ArrayList<>(sentences);
        for (int i = 0; i < sentences; i++) {
            Pair pair = pairs.get((number * 31 + i * 7) % pairs.size());
            chosen.add(i % 2 == 0 ? pair.first() : pair.second());
        }
        return String.join(" ", chosen);
    }
}
