package dev.kiln.loadtest.traffic;

import java.util.SplittableRandom;

/// Deals questions, one after the other.
///
/// **Threads:** confined to one at a time.
@FunctionalInterface
public interface Deck {
    /// The next question.
    ///
    /// @param random decides everything
    /// @param sentences how long it is to be, counted as sentences of text, or [Moments#ANY_LENGTH] for the mix
    Question next(SplittableRandom random, int sentences);
}
