package dev.kiln.loadtest.report;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/// A [LoadRun] as JSON and back. Readers pass over keys they do not know.
///
/// **Threads:** any.
public final class LoadJson {
    private static final ObjectMapper JSON =
            JsonMapper.builder()
                    .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
                    .defaultPropertyInclusion(
                            JsonInclude.Value.construct(
                                    JsonInclude.Include.NON_NULL, JsonInclude.Include.ALWAYS))
                    .enable(SerializationFeature.INDENT_OUTPUT)
                    .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                    .build();

    private LoadJson() {}

    /// The whole run, with a line break at its end.
    public static String write(LoadRun run) {
        try {
            return JSON.writeValueAsString(run) + "\n";
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("records of numbers and texts have a JSON form", e);
        }
    }

    /// Reads a run's file.
    ///
    /// @throws IOException if there is none, or it is no run; the message says which and names the file
    public static LoadRun read(Path file) throws IOException {
        try {
            return parse(Files.readString(file));
        } catch (NoSuchFileException e) {
            throw new IOException("there is no file " + file, e);
        } catch (JsonProcessingException e) {
            throw new IOException(
                    "%s is no report of a load run: %s".formatted(file, e.getOriginalMessage()), e);
        } catch (IOException e) {
            throw new IOException("%s: %s".formatted(file, e.getMessage()), e);
        }
    }

    /// Reads a run.
    ///
    /// @throws IOException if it is none, or of another schema
    public static LoadRun parse(String json) throws IOException {
        JsonNode tree = JSON.readTree(json);
        String schema = tree.path("schema").asText("");
        if (!schema.equals(LoadRun.SCHEMA)) {
            throw new IOException(
                    "the key \"schema\" must be \"%s\", was \"%s\""
                            .formatted(LoadRun.SCHEMA, schema));
        }
        return JSON.treeToValue(tree, LoadRun.class);
    }
}
