package dev.kiln.server.rotation;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What happened to the served models, one JSON object a line, in a file that survives restarts.
///
/// **Threads:** any; one lock, held while a line is written.
public final class History {
    private static final System.Logger LOG = System.getLogger(History.class.getName());
    private static final JsonMapper JSON = new JsonMapper();

    private final Path file;

    /// @param file made with its folder when the first line comes
    public History(Path file) {
        this.file = file;
    }

    /// Adds a line. A disk that is full stops no model: the line goes to the log alone then.
    synchronized void add(Event event) {
        ObjectNode line = json(event);
        LOG.log(System.Logger.Level.INFO, text(event));
        try {
            Path folder = file.toAbsolutePath().getParent();
            if (folder != null) {
                Files.createDirectories(folder);
            }
            Files.writeString(
                    file,
                    JSON.writeValueAsString(line) + "\n",
                    StandardCharsets.UTF_8,
                    StandardOpenOption.CREATE,
                    StandardOpenOption.APPEND);
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "the history cannot be written: " + e);
        }
    }

    /// The last lines, oldest first.
    ///
    /// @param most how many
    public synchronized List<JsonNode> last(int most) throws IOException {
        List<JsonNode> lines = new ArrayList<>();
        try {
            for (String line : Files.readAllLines(file)) {
                parsed(line).ifPresent(lines::add);
            }
        } catch (NoSuchFileException _) {
            return List.of();
        }
        return lines.subList(Math.max(0, lines.size() - most), lines.size());
    }

    /// What answered under a name until now; nothing where the file cannot be read.
    Lineage lineage(String name) {
        try {
            return Lineage.of(name, last(Integer.MAX_VALUE));
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "the history cannot be read: " + e);
            return Lineage.of(name, List.of());
        }
    }

    /// Empty for a line that a crash cut short.
    private static Optional<JsonNode> parsed(String line) {
        try {
            return line.isBlank() ? Optional.empty() : Optional.of(JSON.readTree(line));
        } catch (JsonProcessingException e) {
            return Optional.empty();
        }
    }

    /// One line.
    public static ObjectNode json(Event event) {
        ObjectNode line = JSON.createObjectNode();
        line.put("at", Instant.ofEpochMilli(event.epochMillis()).toString());
        line.put("model", event.model());
        line.put("event", event.what().word());
        event.from().ifPresent(from -> line.put("from", from));
        event.to().ifPresent(to -> line.put("to", to));
        line.put("source", event.source());
        line.put("detail", event.detail());
        line.put("calls", event.calls());
        event.answers().ifPresent(model -> ModelLine.write(model, line.putObject("answers")));
        return line;
    }

    private static String text(Event event) {
        return "model %s %s: %s".formatted(event.model(), event.what().word(), event.detail());
    }
}
