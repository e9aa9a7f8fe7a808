package dev.kiln.loadtest.traffic;

import dev.kiln.loadtest.quality.Judged;
import java.util.List;
import java.util.Optional;

/// What the content of one answer is worth.
///
/// @param flaw why it counts as no answer at all, the same words for the same cause; mostly empty
/// @param judged what the task's scorer takes of it
/// @param numbers what was answered, a list for each text or one for a thing
public record Marks(Optional<String> flaw, List<Judged> judged, List<float[]> numbers) {
    /// Nothing was looked at.
    public static final Marks NONE = new Marks(Optional.empty(), List.of(), List.of());

    public Marks {
        judged = List.copyOf(judged);
        numbers = List.copyOf(numbers);
    }

    /// Not to be counted as an answer.
    public static Marks flawed(String what) {
        return new Marks(Optional.of(what), List.of(), List.of());
    }

    /// An answer in shape.
    public static Marks of(List<Judged> judged, List<float[]> numbers) {
        return new Marks(Optional.empty(), judged, numbers);
    }

    /// Whether the answer is right by its task's own measure.
    public boolean right() {
        return judged.stream().allMatch(Judged::right);
    }
}
