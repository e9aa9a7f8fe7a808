package dev.kiln.loadtest.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.kiln.bittensor.keys.KeyPair;
import dev.kiln.bittensor.wire.RequestSigner;
import dev.kiln.core.Hotkey;
import dev.kiln.core.Time;
import dev.kiln.loadtest.quality.Subject;
import dev.kiln.loadtest.traffic.Received;
import dev.kiln.loadtest.traffic.Transport;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;

/// Asks a server which models it has and what they are for, where it tells: two signed `GET`s. Its word decides what is
/// asked, and nothing of how that is judged.
final class Look {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration PATIENCE = Duration.ofSeconds(3);

    private final Hotkey miner;
    private final RequestSigner signer;
    private final Transport transport;

    /// What was seen.
    ///
    /// @param subject what the model is for
    /// @param others how many other models there are
    record Seen(String model, Subject subject, int others) {}

    private Look(Hotkey miner, KeyPair caller, Transport transport) {
        this.miner = miner;
        this.signer = new RequestSigner(caller, Time.SYSTEM);
        this.transport = transport;
    }

    /// Looks.
    ///
    /// @param wanted the model that is meant; empty for any
    /// @return empty where nothing is told
    static Optional<Seen> at(URI url, Hotkey miner, KeyPair caller, Optional<String> wanted)
            throws InterruptedException {
        Vertx vertx = Vertx.vertx();
        try (var transport = new Transport(vertx, url, 1, PATIENCE)) {
            return new Look(miner, caller, transport).seen(wanted);
        } catch (IOException e) {
            return Optional.empty();
        } finally {
            vertx.close();
        }
    }

    private Optional<Seen> seen(Optional<String> wanted) throws IOException, InterruptedException {
        List<String> models = new ArrayList<>();
        for (JsonNode each : get("/v1/models").path("data")) {
            models.add(each.path("id").asText(""));
        }
        Optional<String> chosen =
                models.stream()
                        .filter(model ->
                                model.equals(wanted.orElse(TaskOptions.USUAL_MODEL))
                                        && model.matches("[A-Za-z0-9._-]{1,128}"))
                        .findFirst();
        if (chosen.isEmpty() && wanted.isEmpty()) {
            chosen =
                    models.stream()
                            .filter(model -> model.matches("[A-Za-z0-9._-]{1,128}"))
                            .findFirst();
        }
        if (chosen.isEmpty()) {
            return Optional.empty();
        }
        JsonNode inputs = get("/v2/models/" + chosen.get()).path("inputs");
        return inputs.isEmpty()
                ? Optional.empty()
                : Optional.of(new Seen(chosen.get(), subject(inputs), models.size() - 1));
    }

    private static Subject subject(JsonNode inputs) {
        return switch (inputs.path(0).path("name").asText("")) {
            case "text" -> Subject.EMBEDDING;
            case "image" -> Subject.IMAGE_CLASSIFICATION;
            case "file" -> Subject.FILE_TYPE;
            case "samples" -> Subject.VOICE_ACTIVITY;
            default -> Subject.TENSORS;
        };
    }

    private JsonNode get(String target) throws IOException, InterruptedException {
        try {
            Received received =
                    transport
                            .get(target, signer.sign("GET", target, new byte[0], miner).headers())
                            .toCompletionStage()
                            .toCompletableFuture()
                            .get();
            if (received.status() != 200) {
                throw new IOException("status " + received.status());
            }
            return Optional.ofNullable(JSON.readTree(received.body()))
                    .orElseThrow(() -> new IOException("an empty body"));
        } catch (ExecutionException e) {
            throw new IOException(e);
        }
    }
}
