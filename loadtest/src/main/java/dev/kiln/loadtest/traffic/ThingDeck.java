package dev.kiln.loadtest.traffic;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/// Deals questions about things: of each size every one is dealt once before any comes again.
///
/// **Threads:** confined to one at a time.
public final class ThingDeck implements Deck {
    private static final int MIDDLING = 4;

    private final List<List<Question>> sizes;
    private final List<List<Question>> left = new ArrayList<>();
    private final Lengths lengths;

    /// @param sizes the small ones, the middling ones, the large ones; each holds one at least
    public ThingDeck(List<List<Question>> sizes, Lengths lengths) {
        this.sizes = sizes.stream().map(List::copyOf).toList();
        this.sizes.forEach(_ -> left.add(new ArrayList<>()));
        this.lengths = lengths;
    }

    @Override
    public Question next(SplittableRandom random, int sentences) {
        int size = size(random, sentences);
        List<Question> here = left.get(size);
        if (here.isEmpty()) {
            here.addAll(sizes.get(size));
            for (int i = here.size() - 1; i > 0; i--) {
                int other = random.nextInt(i + 1);
                here.set(i, here.set(other, here.get(i)));
            }
        }
        return here.removeLast();
    }

    /// Texts are measured in sentences, things are not: none is small, up to four is middling, more is large. The mix
    /// of pairs, which has no long texts, takes every size alike.
    private int size(SplittableRandom random, int sentences) {
        if (sentences == Moments.ANY_LENGTH && lengths.equals(Lengths.PAIRS)) {
            return random.nextInt(sizes.size());
        }
        int asked = sentences == Moments.ANY_LENGTH ? lengths.draw(random).sentences() : sentences;
        return Math.min(asked == 0 ? 0 : asked <= MIDDLING ? 1 : 2, sizes.size() - 1);
    }
}
