package dev.kiln.loadtest.load;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.kiln.loadtest.report.Figures;
import dev.kiln.loadtest.report.LoadRun;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/// What a server may say of its capacity: measured, with how it was measured, and less than what was found.
public final class CapacityFile {
    /// The first key's value.
    public static final String SCHEMA = "kiln-capacity/1";

    private static final ObjectMapper JSON =
            new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    private CapacityFile() {}

    /// Writes one.
    ///
    /// @param run of a search
    /// @param safety share of the capacity that is advertised, above 0 and at most 1
    public static void write(LoadRun run, double safety, Path file) throws IOException {
        try {
            LoadFiles.text(file, JSON.writeValueAsString(tree(run, safety)) + "\n");
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("texts and numbers always have a JSON form", e);
        }
    }

    private static Map<String, Object> tree(LoadRun run, double safety) {
        LoadRun.Search search = Objects.requireNonNull(run.search(), "a run of a search");
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("schema", SCHEMA);
        tree.put("requests_per_s", Figures.round(search.slo().perS() * safety, 1));
        tree.put("objective", search.objective());
        tree.put("measured_per_s", search.slo().perS());
        tree.put("safety", safety);
        tree.put("measured_at", run.setup().started());
        tree.put("lengths", run.setup().plan().lengths());
        tree.put("model", run.setup().target().model().name());
        tree.put("model_sha256", run.setup().target().model().sha256());
        tree.put("device_proved", run.setup().target().model().deviceProved());
        tree.put("kiln", run.setup().environment().kiln());
        tree.put("revision", run.setup().environment().revision());
        return tree;
    }
}
