package dev.kiln.loadtest.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.kiln.loadtest.miner.MinerException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;

/// A miner's admin port, as an operator's own script would use it.
///
/// **Threads:** confined to one.
final class AdminPort implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final String root;
    private final String token;
    private final HttpClient client = HttpClient.newHttpClient();

    /// @param state the miner's state folder
    AdminPort(Path state) throws IOException {
        this.root = Files.readString(state.resolve("admin.url")).split(" ", 2)[0] + "/admin/v1/";
        this.token = Files.readString(state.resolve("admin.token")).strip();
    }

    /// Brings the miner to a configuration and waits until it is.
    void apply(Path file) throws IOException, MinerException, InterruptedException {
        String body = JSON.createObjectNode().put("file", file.toString()).toString();
        HttpRequest request =
                HttpRequest.newBuilder(URI.create(root + "config/apply"))
                        .header("Authorization", "Bearer " + token)
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build();
        String lines = client.send(request, HttpResponse.BodyHandlers.ofString()).body().strip();
        JsonNode last = JSON.readTree(lines.substring(lines.lastIndexOf('\n') + 1));
        if (!last.path("ok").asBoolean()) {
            throw new MinerException("the miner did not swap: " + last, "");
        }
    }

    @Override
    public void close() {
        client.close();
    }
}
