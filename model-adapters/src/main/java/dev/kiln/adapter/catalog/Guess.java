package dev.kiln.adapter.catalog;

import java.util.List;
import java.util.Optional;

/// Which known word a mistyped one was meant to be.
final class Guess {
    private static final int MOST_EDITS = 3;

    private Guess() {}

    /// The nearest known word, if one is near enough.
    static Optional<String> of(String word, List<String> known) {
        String nearest = "";
        int fewest = Math.min(MOST_EDITS, word.length() - 1) + 1;
        for (String candidate : known) {
            int edits = edits(word, candidate);
            if (edits < fewest) {
                fewest = edits;
                nearest = candidate;
            }
        }
        return Optional.of(nearest).filter(found -> !found.isEmpty());
    }

    /// Letters to insert, delete or replace to make one word of the other.
    private static int edits(String one, String other) {
        int[] row = new int[other.length() + 1];
        for (int j = 0; j <= other.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= one.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= other.length(); j++) {
                int replaced = diagonal + (one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[other.length()];
    }
}
