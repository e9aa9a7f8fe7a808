package dev.kiln.loadtest.cli;

import dev.kiln.loadtest.quality.Subject;
import dev.kiln.loadtest.traffic.Judge;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// What kind of task is asked, and with what.
final class TaskOptions {
    /// The model that every miner serves by default.
    static final String USUAL_MODEL = "minilm";

    @Option(
            names = "--task",
            paramLabel = "NAME",
            description =
                    "embedding, image-classification, file-type, voice-activity or tensors (default: what the model is for, where the server tells, else embedding)")
    private @Nullable String task;

    @Option(
            names = "--model",
            paramLabel = "NAME",
            description = "the model to ask (default: the server's only one, else minilm)")
    private @Nullable String model;

    @Option(
            names = "--source",
            paramLabel = "SOURCE",
            description =
                    "with --start: the model to serve, as models[].source has it (default: one for the task)")
    private @Nullable String source;

    @Option(
            names = "--inputs",
            paramLabel = "FOLDER",
            description =
                    "pictures or files of your own, in folders named by their labels (default: drawn and written here)")
    @Nullable Path inputs;

    @Option(
            names = "--golden",
            paramLabel = "FILE",
            description = "tensors: inputs with the outputs they must have, as docs/load.md says")
    @Nullable Path golden;

    @Option(
            names = "--same-text",
            paramLabel = "COSINE",
            description =
                    "embedding: least cosine between two answers to one text (default: 0.999; a model of int8 moves with its batch: 0.95)")
    private @Nullable Double sameText;

    /// Least cosine between two answers to one text.
    double sameText() {
        return sameText == null ? Judge.SAME_TEXT : sameText;
    }

    /// The task that was named.
    Optional<Subject> subject() throws Failure {
        String named = task;
        if (named == null) {
            return golden != null ? Optional.of(Subject.TENSORS) : Optional.empty();
        }
        Optional<Subject> subject = Subject.of(named);
        if (subject.isEmpty()) {
            List<String> known = Arrays.stream(Subject.values()).map(Subject::task).toList();
            throw LoadOptions.unknown("--task", named, known);
        }
        return subject;
    }

    Optional<String> model() {
        return Optional.ofNullable(model);
    }

    /// What is wrong with the words alone.
    ///
    /// @param start whether a miner is started for the run
    void require(boolean start) throws Failure {
        Optional<Subject> subject = subject();
        if (source != null && !start) {
            throw LoadOptions.cannot("--source belongs to --start");
        }
        if (subject.equals(Optional.of(Subject.TENSORS)) && golden == null) {
            throw LoadOptions.cannot(
                    "--task tensors needs --golden FILE: inputs with the outputs they must have");
        }
        if (sameText != null && subject.isPresent() && subject.get() != Subject.EMBEDDING) {
            throw LoadOptions.cannot("--same-text belongs to --task embedding");
        }
        // Not a number is not between them either.
        if (!(sameText() >= 0 && sameText() <= 1)) {
            throw LoadOptions.cannot("--same-text must be from 0 to 1, was " + sameText());
        }
        if (golden != null && !subject.equals(Optional.of(Subject.TENSORS))) {
            throw LoadOptions.cannot("--golden belongs to --task tensors");
        }
        boolean labelled =
                subject.equals(Optional.of(Subject.IMAGE_CLASSIFICATION))
                        || subject.equals(Optional.of(Subject.FILE_TYPE));
        if (inputs != null && !labelled) {
            throw LoadOptions.cannot(
                    "--inputs belongs to --task image-classification or file-type");
        }
    }

    /// Lines of configuration for a miner of our own; none for the one that is embedded.
    String yaml(Subject subject) throws Failure {
        String given = source;
        if (given == null && subject == Subject.EMBEDDING) {
            return "";
        }
        if (given == null && subject == Subject.TENSORS) {
            throw LoadOptions.cannot("--start --task tensors needs --source: which model?");
        }
        String from = given == null ? usual(subject) : absolute(given);
        return """
        models:
          - name: %s
            source: '%s'
        %s
        """
                .formatted(
                        served(subject),
                        from.replace("'", "''"),
                        subject == Subject.EMBEDDING ? "" : "synapses: none");
    }

    /// The name that the model of a miner of our own has.
    String served(Subject subject) {
        return model().orElse(
                        switch (subject) {
                            case EMBEDDING -> USUAL_MODEL;
                            case IMAGE_CLASSIFICATION -> "shapes";
                            case FILE_TYPE -> "magika";
                            case VOICE_ACTIVITY -> "silero";
                            case TENSORS -> "tensors";
                        });
    }

    private static String usual(Subject subject) {
        return switch (subject) {
            case IMAGE_CLASSIFICATION -> {
                Path own = Path.of(System.getProperty("kiln.root", "."), "models", "shapes-small");
                yield Files.isDirectory(own)
                        ? own.toAbsolutePath().normalize().toString()
                        : "catalog:shapes-small";
            }
            case FILE_TYPE -> "catalog:magika";
            case VOICE_ACTIVITY -> "catalog:silero-vad";
            case EMBEDDING, TENSORS -> "embedded:minilm";
        };
    }

    /// A folder is meant from where the command runs, not from the configuration's folder.
    private static String absolute(String source) {
        return source.contains(":") ? source : Path.of(source).toAbsolutePath().toString();
    }
}
