package dev.kiln.loadtest.quality;

/// Judges the answers of one task, every one of a run.
///
/// **Threads:** confined to one.
public interface Scorer {
    /// Takes one answer.
    ///
    /// @throws IllegalArgumentException if it is another task's, which is a bug of the harness
    void add(Judged judged);

    /// What all that was taken is worth up to now.
    Score score();

    /// What a scorer says to another task's answer.
    static IllegalArgumentException foreign(Judged judged) {
        return new IllegalArgumentException(
                "this task has no " + judged.getClass().getSimpleName());
    }
}
