package dev.kiln.server.cli;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What a server that runs at the configured port says of itself.
///
/// @param page its `/readyz`; empty where none answers
record RunningServer(Optional<JsonNode> page) {
    private static final Duration AT_MOST = Duration.ofSeconds(1);

    static RunningServer ask(int port) {
        if (port == 0) {
            return new RunningServer(Optional.empty());
        }
        URI uri = URI.create("http://127.0.0.1:%d/readyz".formatted(port));
        try (var client = HttpClient.newBuilder().connectTimeout(AT_MOST).build()) {
            var request = HttpRequest.newBuilder(uri).timeout(AT_MOST).build();
            String body = client.send(request, HttpResponse.BodyHandlers.ofString()).body();
            JsonNode page = new JsonMapper().readTree(body);
            return new RunningServer(Optional.of(page).filter(found -> found.has("models")));
        } catch (JacksonException e) {
            return new RunningServer(Optional.empty());
        } catch (IOException e) {
            return new RunningServer(Optional.empty());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new RunningServer(Optional.empty());
        }
    }

    List<Finding> findings() {
        if (page.isEmpty()) {
            return List.of();
        }
        List<Finding> found = new ArrayList<>();
        String state = page.get().path("state").asText();
        for (JsonNode model : page.get().path("models")) {
            JsonNode device = model.path("device");
            String fact =
                    "%s: %s %s, device requested %s, active %s, proved %s"
                            .formatted(
                                    state,
                                    model.path("name").asText(),
                                    model.path("state").asText(),
                                    device.path("requested").asText(),
                                    device.path("active").asText(),
                                    device.path("proved").asText());
            boolean well =
                    model.path("state").asText().equals("serving")
                            && !device.path("fell_back").asBoolean();
            found.add(
                    well
                            ? Finding.ok("running", fact)
                            : Finding.fail(
                                    "running",
                                    fact,
                                    "its log says why; a restart tries the device asked for again"));
        }
        return found;
    }
}
