package dev.kiln.server.admin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/// Asks a running server, as `kiln config` and `kiln model` do.
///
/// **Threads:** confined to one.
public final class AdminClient {
    /// The `cause` of an answer that is not `ok` because the question, or a file it names, cannot be used.
    public static final String COULD_NOT = "unusable";

    private static final Duration CONNECT = Duration.ofSeconds(5);

    private final String url;
    private final String token;

    private AdminClient(String url, String token) {
        this.url = url;
        this.token = token;
    }

    /// Finds the server that uses a state folder.
    ///
    /// @param tokenFile where the configuration names one
    public static AdminClient of(Path state, Optional<Path> tokenFile) throws IOException {
        Path address = state.resolve(AdminServer.ADDRESS_FILE);
        try {
            AdminAddress at = AdminAddress.parse(Files.readString(address));
            if (!at.alive()) {
                throw new IOException(
                        "no server runs that uses %s: the one that wrote %s, process %d, has ended"
                                .formatted(state, AdminServer.ADDRESS_FILE, at.pid()));
            }
            Path file = tokenFile.orElse(state.resolve(AdminServer.TOKEN_FILE));
            return new AdminClient(at.url(), AdminToken.read(file));
        } catch (NoSuchFileException e) {
            throw new IOException(
                    "no server runs that uses %s: there is no %s; start one with kiln serve, or name its configuration with --config"
                            .formatted(state, e.getFile()),
                    e);
        }
    }

    /// Asks one thing.
    ///
    /// @param path like `config/apply`
    /// @param fields of the question; empty ones are left out
    /// @param progress told what the server is at
    /// @return the answer: `ok`, and `reason` where it is false
    public JsonNode ask(String path, Map<String, Optional<?>> fields, Consumer<String> progress)
            throws IOException, InterruptedException {
        ObjectNode asked = AdminApi.JSON.createObjectNode();
        fields.forEach((name, value) ->
                value.ifPresent(given -> asked.set(name, AdminApi.JSON.valueToTree(given))));
        HttpRequest request =
                HttpRequest.newBuilder(URI.create(url + AdminServer.ROOT + path))
                        .header("Authorization", "Bearer " + token)
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(asked.toString()))
                        .build();
        try (HttpClient client = HttpClient.newBuilder().connectTimeout(CONNECT).build()) {
            var response = client.send(request, HttpResponse.BodyHandlers.ofInputStream());
            try (var lines =
                    new BufferedReader(
                            new InputStreamReader(response.body(), StandardCharsets.UTF_8))) {
                JsonNode answer = last(lines, progress);
                if (response.statusCode() != 200) {
                    throw new IOException(
                            "%s: %s".formatted(url, answer.path("reason").asText("refused")));
                }
                return answer;
            }
        } catch (ConnectException e) {
            throw new IOException(
                    "%s does not answer: the server that wrote this address has ended"
                            .formatted(url),
                    e);
        }
    }

    private static JsonNode last(BufferedReader lines, Consumer<String> progress)
            throws IOException {
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            JsonNode json = AdminApi.JSON.readTree(line);
            if (json.has("ok")) {
                return json;
            }
            progress.accept(json.path("progress").asText());
        }
        throw new IOException("the server ended before it had answered");
    }
}
