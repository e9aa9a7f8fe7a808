package dev.kiln.server.task;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kiln.core.Refused;
import dev.kiln.core.Reply;
import dev.kiln.core.Task;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.BooleanSupplier;

/// What this miner can bear, as a search for its capacity measured it: the file's very bytes, and nothing at all while a
/// model computes elsewhere than was promised. No engine runs.
public final class CapacityTask implements Task {
    private static final String SCHEMA = "kiln-capacity/1";
    private static final int LARGEST = 16 << 10;
    private static final JsonMapper JSON = new JsonMapper();

    private final Reply measured;
    private final Reply nothing;
    private final BooleanSupplier fellBack;

    private CapacityTask(Reply measured, Reply nothing, BooleanSupplier fellBack) {
        this.measured = measured;
        this.nothing = nothing;
        this.fellBack = fellBack;
    }

    /// Reads a capacity file.
    ///
    /// @param fellBack whether what was measured does not hold now
    /// @throws IOException if it is none; the message says why
    public static CapacityTask read(Path file, BooleanSupplier fellBack) throws IOException {
        if (Files.size(file) > LARGEST) {
            throw new IOException("is larger than any capacity file");
        }
        byte[] body = Files.readAllBytes(file);
        byte[] none;
        try {
            JsonNode tree = JSON.readTree(body);
            if (!tree.path("schema").asText("").equals(SCHEMA)
                    || !(tree.path("requests_per_s").asDouble(-1) > 0)) {
                throw new IOException(
                        "holds no capacity; `kiln load search --write-capacity` writes one");
            }
            ObjectNode withdrawn = (ObjectNode) tree;
            withdrawn.put("requests_per_s", 0);
            withdrawn.put("void", "a model computes on another device than the one measured");
            none = JSON.writeValueAsBytes(withdrawn);
        } catch (JacksonException e) {
            throw new IOException("is no JSON", e);
        }
        return new CapacityTask(
                new Reply(200, "application/json", body),
                new Reply(200, "application/json", none),
                fellBack);
    }

    @Override
    public String name() {
        return "capacity";
    }

    @Override
    public Question decode(Asked asked) throws Refused {
        if (asked.body().length > 0) {
            throw StrictJson.bad("this path takes no body");
        }
        return new Page(fellBack.getAsBoolean() ? nothing : measured);
    }
}
