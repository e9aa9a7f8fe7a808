package dev.kiln.loadtest.cli;

import dev.kiln.loadtest.traffic.Question;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// A file in place of texts: what `kiln call` sends to tasks that eat images, sound or files.
final class CallBody {
    @Option(
            names = "--file",
            paramLabel = "FILE",
            description = "send this file as the body, in place of texts; needs --path")
    private @Nullable Path file;

    @Option(
            names = "--path",
            paramLabel = "PATH",
            description = "the route, with its options: \"/v1/file-type?top_k=3\"")
    private @Nullable String path;

    @Option(
            names = "--content-type",
            paramLabel = "TYPE",
            description = "what the file is (default: by its ending)")
    private @Nullable String type;

    boolean given() {
        return file != null;
    }

    /// Where to ask; the URL's own path where none is named.
    @Nullable String path() {
        return path;
    }

    String type() {
        String named = type;
        return named != null ? named : byEnding(String.valueOf(file).toLowerCase(Locale.ROOT));
    }

    /// The options that name it.
    String words() {
        return "--path \"%s\" --file %s".formatted(path, file);
    }

    Question question() throws Failure {
        Path read = file;
        if (read == null || path == null) {
            throw new Failure(Failure.CANNOT_RUN, "--file needs --path, e.g. /v1/file-type");
        }
        try {
            return new Question(List.of(), List.of(), Files.readAllBytes(read));
        } catch (IOException e) {
            throw new Failure(Failure.CANNOT_RUN, "%s cannot be read".formatted(read));
        }
    }

    private static String byEnding(String name) {
        if (name.endsWith(".png")) {
            return "image/png";
        }
        if (name.endsWith(".jpg") || name.endsWith(".jpeg")) {
            return "image/jpeg";
        }
        if (name.endsWith(".wav")) {
            return "audio/wav";
        }
        return name.endsWith(".json") ? "application/json" : "application/octet-stream";
    }
}
