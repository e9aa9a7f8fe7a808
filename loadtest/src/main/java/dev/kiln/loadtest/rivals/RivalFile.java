package dev.kiln.loadtest.rivals;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// A run's three files: the figures, the document and the plot.
///
/// @param stem path without ending
public record RivalFile(Path stem) {
    private static final ObjectMapper JSON =
            JsonMapper.builder()
                    .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
                    .enable(SerializationFeature.INDENT_OUTPUT)
                    .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                    .build();

    /// Writes all three; what an earlier run under this name measured of other systems and models stays.
    ///
    /// @param command the words that made the run, for the document
    /// @return what now stands there
    public RivalRun write(RivalRun run, String command) throws IOException {
        Path json = ending(".json");
        RivalRun whole = Files.exists(json) ? run.beside(read(json)) : run;
        Files.writeString(json, JSON.writeValueAsString(whole) + "\n");
        Path plot = ending(".svg");
        Files.writeString(plot, new RivalPlot(whole).svg());
        Files.writeString(
                ending(".md"),
                new RivalText(whole).document(command, String.valueOf(plot.getFileName())));
        return whole;
    }

    /// Fails where the files could not be written later.
    public void require() throws IOException {
        Path folder = stem.toAbsolutePath().getParent();
        if (folder == null || !Files.isDirectory(folder) || !Files.isWritable(folder)) {
            throw new IOException(
                    "%s: its folder cannot be written; is it there, and yours?".formatted(stem));
        }
    }

    private static RivalRun read(Path file) throws IOException {
        try {
            return JSON.readValue(Files.readString(file), RivalRun.class);
        } catch (JsonProcessingException e) {
            throw new IOException(
                    "%s is no earlier run (%s); move it away or give another --out"
                            .formatted(file, e.getOriginalMessage()),
                    e);
        }
    }

    private Path ending(String ending) {
        return stem.resolveSibling(stem.getFileName() + ending);
    }
}
