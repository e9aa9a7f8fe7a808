package dev.kiln.loadtest.quality;

import java.util.Arrays;
import java.util.Optional;

/// The tasks whose answers can be judged. A new task adds a constant, and the compiler asks for its scorer.
public enum Subject {
    EMBEDDING("embedding"),
    IMAGE_CLASSIFICATION("image-classification"),
    FILE_TYPE("file-type"),
    VOICE_ACTIVITY("voice-activity"),
    TENSORS("tensors");

    private final String task;

    Subject(String task) {
        this.task = task;
    }

    /// As reports name it.
    public String task() {
        return task;
    }

    /// By its name in reports.
    public static Optional<Subject> of(String task) {
        return Arrays.stream(values()).filter(subject -> subject.task.equals(task)).findFirst();
    }

    /// A scorer with nothing in it.
    ///
    /// @param labels of a classifier; 0 for other tasks
    public Scorer scorer(int labels) {
        return switch (this) {
            case EMBEDDING -> new EmbeddingScorer();
            case IMAGE_CLASSIFICATION -> new ClassScorer(labels, ClassScorer.Bars.IMAGES);
            case FILE_TYPE -> new ClassScorer(labels, ClassScorer.Bars.FILES);
            case VOICE_ACTIVITY -> new SpeechScorer();
            case TENSORS -> new TensorScorer(TensorScorer.Tolerance.FLOAT32);
        };
    }
}
