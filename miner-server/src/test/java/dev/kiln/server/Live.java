package dev.kiln.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.kiln.bittensor.keys.KeyPair;
import dev.kiln.bittensor.keys.Keyfile;
import dev.kiln.bittensor.wire.Answer;
import dev.kiln.bittensor.wire.AnswerCheck;
import dev.kiln.bittensor.wire.Receipt;
import dev.kiln.bittensor.wire.RequestSigner;
import dev.kiln.bittensor.wire.SignedRequest;
import dev.kiln.core.Scheme;
import dev.kiln.core.Time;
import dev.kiln.server.admin.AdminClient;
import dev.kiln.server.config.ConfigSource;
import dev.kiln.server.config.Home;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A server whose models fail as told, with its callers' port and the operator's, and its one file that a test edits.
@Timeout(value = 180, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
abstract class Live {
    static final String A = "embedded:a";
    static final String B = "embedded:b";

    @TempDir protected Path home = Path.of("");

    final FakeModels models = new FakeModels();
    final List<String> progress = new ArrayList<>();
    Path file = Path.of("");
    Miner miner;
    private RequestSigner signer;

    @BeforeEach
    void start() throws Exception {
        file = home.resolve("kiln.yaml");
        configure(A, "");
        launch();
    }

    /// Starts a server with the file as it stands.
    final void launch() throws Exception {
        var source = new ConfigSource(Optional.of(file), List.of());
        miner = Miner.start(source, new Home(home), models);
        miner.awaitReady();
        KeyPair validator = Keyfile.read(new Home(home).developmentValidator());
        signer = new RequestSigner(validator, Time.SYSTEM);
    }

    @AfterEach
    void stop() throws Exception {
        miner.drain();
    }

    /// One model, `m`.
    final void configure(String source, String more) throws Exception {
        configure(Map.of("m", source), more);
    }

    /// @param sources by the names they are served under
    final void configure(Map<String, String> sources, String more) throws Exception {
        var entries = new StringBuilder();
        new TreeMap<>(sources)
                .forEach((name, source) ->
                        entries.append(
                                "  - {name: %s, source: '%s', engine-threads: 1}%n"
                                        .formatted(name, source)));
        Files.writeString(
                file,
                """
                server:
                  port: 0
                limits:
                  hung-run: 500ms
                models:
                %sroutes:
                  - path: /v1/embeddings
                    task: embeddings
                    deadline: 20s
                  - path: /v2
                    task: open-inference
                    deadline: 20s
                synapses: none
                %s
                """
                        .formatted(entries, more));
    }

    final JsonNode admin(String path, Map<String, Optional<?>> fields) throws Exception {
        Path state = new Home(home).state(true);
        return AdminClient.of(state, Optional.empty()).ask(path, fields, progress::add);
    }

    final JsonNode admin(String path) throws Exception {
        return admin(path, Map.of());
    }

    /// Lets B answer a share of the calls.
    final void canary(double percent) throws Exception {
        JsonNode began =
                admin(
                        "models/canary",
                        Map.of("source", Optional.of(B), "percent", Optional.of(percent)));
        assertThat(began.path("ok").asBoolean()).as(began.toString()).isTrue();
    }

    final SignedRequest signed(String method, String path, byte[] body) {
        return signer.sign(method, path, body, miner.who().miner().hotkey());
    }

    final Answer ask() throws Exception {
        return ask("m");
    }

    final Answer ask(String model) throws Exception {
        byte[] body = question(model);
        SignedRequest request = signed("POST", Rig.EMBEDDINGS, body);
        return RawHttp.ask(miner.port(), "POST", Rig.EMBEDDINGS, request.headers(), body);
    }

    final Answer get(String path) throws Exception {
        byte[] nothing = {};
        SignedRequest request = signed("GET", path, nothing);
        return RawHttp.ask(miner.port(), "GET", path, request.headers(), nothing);
    }

    private static byte[] question(String model) {
        return "{\"input\":\"abc\",\"model\":\"%s\"}"
                .formatted(model)
                .getBytes(StandardCharsets.UTF_8);
    }

    final char answeredBy() throws Exception {
        return answeredBy("m");
    }

    /// Asks, and checks that the receipt names the model whose letter is in the vector.
    final char answeredBy(String model) throws Exception {
        byte[] body = question(model);
        SignedRequest request = signed("POST", Rig.EMBEDDINGS, body);
        Answer answer = RawHttp.ask(miner.port(), "POST", Rig.EMBEDDINGS, request.headers(), body);
        assertThat(answer.status()).isEqualTo(200);
        Receipt receipt =
                new AnswerCheck(miner.who().miner().hotkey(), Scheme.SR25519)
                        .check(request, answer, Time.SYSTEM.epochNanos());
        char letter = (char) Rig.json(answer).at("/data/0/embedding/0").asInt();
        assertThat(receipt.text("model_sha256")).contains(FakeModels.digest("" + letter));
        return letter;
    }

    static void await(BooleanSupplier until) {
        while (!until.getAsBoolean()) {
            Thread.onSpinWait();
        }
    }

    final String ready() throws Exception {
        return page("/readyz");
    }

    /// Status and body of a page that anybody may read.
    final String page(String path) throws Exception {
        Answer page = RawHttp.ask(miner.port(), "GET", path, List.of(), new byte[0]);
        return page.status() + " " + new String(page.body(), StandardCharsets.UTF_8);
    }

    /// What happened since the first start, that start left out.
    final List<String> events() throws Exception {
        List<String> events = new ArrayList<>();
        admin("history").path("history").forEach(line -> events.add(line.path("event").asText()));
        return events.subList(1, events.size());
    }

    /// The last line of the history.
    final JsonNode lastEvent() throws Exception {
        JsonNode history = admin("history").path("history");
        return history.path(history.size() - 1);
    }

    /// What was tried last beside the only model.
    final JsonNode trial() throws Exception {
        return admin("models").path("models").path(0).path("trial");
    }
}
