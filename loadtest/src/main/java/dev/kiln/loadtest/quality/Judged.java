package dev.kiln.loadtest.quality;

/// One answer beside its truth, as a task's [Scorer] takes it.
@SuppressWarnings("ArrayRecordComponent") // carriers, never compared
public sealed interface Judged {
    /// Two texts' vectors.
    ///
    /// @param cosine between them
    /// @param paraphrase whether the texts say the same
    record Likeness(double cosine, boolean paraphrase) implements Judged {}

    /// One vector beside the one that the unserved model gives for the same text.
    record Reference(float[] vector, float[] reference) implements Judged {}

    /// A probability for each label.
    ///
    /// @param label the index of the true one
    record Classified(float[] probabilities, int label) implements Judged {}

    /// A probability of speech for each frame.
    record Heard(float[] probabilities, Frames truth) implements Judged {}

    /// The numbers of one tensor beside the golden ones.
    record Compared(float[] values, float[] golden) implements Judged {}
}
