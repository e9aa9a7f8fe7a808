package dev.kiln.loadtest.cli;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/// What a user may have meant.
final class Guess {
    private static final int FARTHEST = 3;

    private Guess() {}

    /// The nearest of these words, if any is near.
    static Optional<String> of(String word, Collection<String> words) {
        return words.stream()
                .filter(each -> distance(word, each) <= FARTHEST)
                .min(Comparator.comparingInt(each -> distance(word, each)));
    }

    /// Insertions, deletions and replacements from one to the other.
    static int distance(String from, String to) {
        int[] row = new int[to.length() + 1];
        for (int j = 0; j <= to.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= from.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= to.length(); j++) {
                int same = from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1;
                int next = Math.min(Math.min(row[j], row[j - 1]) + 1, diagonal + same);
                diagonal = row[j];
                row[j] = next;
            }
        }
        return row[to.length()];
    }
}
