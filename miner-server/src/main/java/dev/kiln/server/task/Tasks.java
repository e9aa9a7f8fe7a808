package dev.kiln.server.task;

import dev.kiln.core.Task;
import dev.kiln.core.model.ModelInfo;
import dev.kiln.core.model.Purpose;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// The visible list: every task that a route can name.
public final class Tasks {
    public static final List<Kind> ALL =
            List.of(
                    new Kind(
                            "embeddings",
                            "/v1/embeddings",
                            Purpose.TextEmbedding.class,
                            EmbeddingsTask::new),
                    new Kind(
                            "image-classification",
                            "/v1/image-classification",
                            Purpose.ImageClassification.class,
                            ImageClassificationTask::new),
                    new Kind(
                            "voice-activity-detection",
                            "/v1/voice-activity-detection",
                            Purpose.VoiceActivity.class,
                            VoiceActivityTask::new),
                    new Kind(
                            "file-type",
                            "/v1/file-type",
                            Purpose.FileType.class,
                            FileTypeTask::new),
                    new Kind("open-inference", "/v2", Purpose.class, OpenInferenceTask::new));

    private Tasks() {}

    /// One task.
    ///
    /// @param name what stands in a route's `task`
    /// @param path where it is served by default
    /// @param purpose what the models are for that it asks
    public record Kind(
            String name,
            String path,
            Class<? extends Purpose> purpose,
            Function<Setting, Task> make) {
        /// Whether it can ask this model.
        public boolean asks(ModelInfo model) {
            return purpose.isInstance(model.purpose());
        }

        /// Whether it answers on every path below its route's, by `GET` and `POST`.
        public boolean tree() {
            return name.equals(OpenInferenceTask.NAME);
        }
    }

    /// The task of this name.
    public static Optional<Kind> named(String name) {
        return ALL.stream().filter(kind -> kind.name().equals(name)).findFirst();
    }

    /// Every name, in order.
    public static List<String> names() {
        return ALL.stream().map(Kind::name).toList();
    }
}
