package dev.kiln.server;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.kiln.bittensor.keys.KeyPair;
import dev.kiln.bittensor.keys.Keyfile;
import dev.kiln.bittensor.wire.Answer;
import dev.kiln.bittensor.wire.AnswerCheck;
import dev.kiln.bittensor.wire.Receipt;
import dev.kiln.bittensor.wire.RequestSigner;
import dev.kiln.bittensor.wire.SignedRequest;
import dev.kiln.core.Hotkey;
import dev.kiln.core.Scheme;
import dev.kiln.core.Time;
import dev.kiln.server.config.ConfigSource;
import dev.kiln.server.config.Home;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A miner with the real model on a free port, and its development caller.
final class Rig {
    static final String EMBEDDINGS = "/v1/embeddings";

    private final Miner miner;
    private final KeyPair validator;
    private final RequestSigner signer;

    Rig(Path home, String... sets) throws Exception {
        List<String> all = new ArrayList<>(List.of(sets));
        all.add("server.port=0");
        this.miner = Miner.start(new ConfigSource(Optional.empty(), all), new Home(home));
        miner.awaitReady();
        this.validator = Keyfile.read(new Home(home).developmentValidator());
        this.signer = new RequestSigner(validator, Time.SYSTEM);
    }

    int port() {
        return miner.port();
    }

    Miner miner() {
        return miner;
    }

    KeyPair validator() {
        return validator;
    }

    Hotkey hotkey() {
        return miner.who().miner().hotkey();
    }

    SignedRequest sign(String method, String target, byte[] body) {
        return signer.sign(method, target, body, hotkey());
    }

    /// One signed call.
    Answer call(String body) throws IOException {
        return call(body.getBytes(StandardCharsets.UTF_8));
    }

    Answer call(byte[] body) throws IOException {
        return RawHttp.ask(
                port(), "POST", EMBEDDINGS, sign("POST", EMBEDDINGS, body).headers(), body);
    }

    /// One signed call whose answer must prove itself.
    Receipt checked(String method, String target, byte[] body) throws Exception {
        SignedRequest request = sign(method, target, body);
        Answer answer = RawHttp.ask(port(), method, target, request.headers(), body);
        return new AnswerCheck(hotkey(), Scheme.SR25519)
                .check(request, answer, Time.SYSTEM.epochNanos());
    }

    /// The reason in a refusal's body.
    static String code(Answer answer) throws IOException {
        return json(answer).at("/error/code").asText();
    }

    static JsonNode json(Answer answer) throws IOException {
        return new JsonMapper().readTree(answer.body());
    }

    void stop() throws InterruptedException {
        miner.drain();
    }
}
