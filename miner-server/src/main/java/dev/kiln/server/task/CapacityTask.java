package dev.kiln.server.task;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.kiln.core.Refused;
import dev.kiln.core.Reply;
import dev.kiln.core.Task;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// What this miner can bear, as a search for its capacity measured it: the file's very bytes. No engine runs.
public final class CapacityTask implements Task {
    private static final String SCHEMA = "kiln-capacity/1";
    private static final int LARGEST = 16 << 10;
    private static final JsonMapper JSON = new JsonMapper();

    private final Reply reply;

    private CapacityTask(Reply reply) {
        this.reply = reply;
    }

    /// Reads a capacity file.
    ///
    /// @throws IOException if it is none; the message says why
    public static CapacityTask read(Path file) throws IOException {
        if (Files.size(file) > LARGEST) {
            throw new IOException("is larger than any capacity file");
        }
        byte[] body = Files.readAllBytes(file);
        try {
            JsonNode tree = JSON.readTree(body);
            if (!tree.path("schema").asText("").equals(SCHEMA)
                    || !(tree.path("requests_per_s").asDouble(-1) > 0)) {
                throw new IOException(
                        "holds no capacity; `kiln load search --write-capacity` writes one");
            }
        } catch (JacksonException e) {
            throw new IOException("is no JSON", e);
        }
        return new CapacityTask(new Reply(200, "application/json", body));
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
        return new Page(reply);
    }
}
