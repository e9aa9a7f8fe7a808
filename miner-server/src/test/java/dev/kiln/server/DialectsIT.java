package dev.kiln.server;

import static dev.kiln.server.Rig.EMBEDDINGS;
import static dev.kiln.server.Rig.json;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.bittensor.wire.Answer;
import dev.kiln.bittensor.wire.AnswerCheck;
import dev.kiln.bittensor.wire.AxonRequestSigner;
import dev.kiln.bittensor.wire.EpistulaSigner;
import dev.kiln.bittensor.wire.HashFields;
import dev.kiln.bittensor.wire.Receipt;
import dev.kiln.bittensor.wire.SignedRequest;
import dev.kiln.core.Header;
import dev.kiln.core.Scheme;
import dev.kiln.core.Time;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Every dialect on one port, with the real model.
@Timeout(60)
class DialectsIT {
    private static final String PATH = "/TextEmbedding";

    @TempDir private Path home = Path.of("");

    private static AxonRequestSigner.Signed axon(
            Rig rig, String name, HashFields hashed, String... texts) {
        Map<String, Object> others = new LinkedHashMap<>();
        others.put("embeddings", null);
        var synapse =
                new AxonRequestSigner.Synapse(
                        name,
                        Map.of("texts", List.of(texts)),
                        others,
                        hashed,
                        Duration.ofSeconds(12));
        return new AxonRequestSigner(rig.validator(), "192.0.2.1", Time.SYSTEM)
                .sign(synapse, new AxonRequestSigner.Miner(rig.hotkey(), "127.0.0.1", rig.port()));
    }

    private static Answer send(Rig rig, SignedRequest request, byte[] body, String method)
            throws Exception {
        List<Header> headers = new ArrayList<>(request.headers());
        headers.add(new Header("Content-Type", "application/json"));
        return RawHttp.ask(rig.port(), method, request.target(), headers, body);
    }

    private static Receipt check(Rig rig, SignedRequest request, Answer answer) throws Exception {
        return new AnswerCheck(rig.hotkey(), Scheme.SR25519)
                .check(request, answer, Time.SYSTEM.epochNanos());
    }

    private static String message(Answer answer) throws Exception {
        return json(answer).path("message").asText();
    }

    @Test
    void axonEpistulaAndBtauthAreAnsweredOnOnePortWithoutAConfiguration() throws Exception {
        Rig rig = new Rig(home);
        try {
            AxonRequestSigner.Signed old =
                    axon(rig, "TextEmbedding", HashFields.NONE, "a cat", "a dog");
            Answer first = send(rig, old.request(), old.body(), "POST");

            byte[] body = "{\"input\":[\"a cat\",\"a dog\"]}".getBytes(UTF_8);
            SignedRequest epistula =
                    new EpistulaSigner(rig.validator(), Time.SYSTEM)
                            .sign("POST", EMBEDDINGS, body, rig.hotkey());
            Answer second = send(rig, epistula, body, "POST");
            Answer third = rig.call(body);

            assertThat(json(first).at("/embeddings/1"))
                    .isEqualTo(json(third).at("/data/1/embedding"));
            assertThat(json(second).at("/data")).isEqualTo(json(third).at("/data"));
            assertThat(check(rig, old.request(), first).model()).contains("minilm");
            assertThat(check(rig, epistula, second).model()).contains("minilm");
        } finally {
            rig.stop();
        }
    }

    @Test
    void aDowngradeIsRefusedUntilARestart() throws Exception {
        Rig rig = new Rig(home);
        try {
            AxonRequestSigner.Signed before = axon(rig, "TextEmbedding", HashFields.NONE, "a");
            assertThat(send(rig, before.request(), before.body(), "POST").status()).isEqualTo(200);
            byte[] modern = "{\"texts\":[\"a\"]}".getBytes(UTF_8);

            assertThat(rig.checked("POST", PATH, modern).status()).isEqualTo(200);
            AxonRequestSigner.Signed after = axon(rig, "TextEmbedding", HashFields.NONE, "a");
            Answer refused = send(rig, after.request(), after.body(), "POST");

            assertThat(refused.status()).isEqualTo(401);
            assertThat(message(refused)).startsWith("AUTH_STEP_BACK: ");
            assertThat(refused.headers()).contains(new Header("bt_header_axon_status_code", "401"));
        } finally {
            rig.stop();
        }
        Rig restarted = new Rig(home);
        try {
            AxonRequestSigner.Signed again = axon(restarted, "TextEmbedding", HashFields.NONE, "a");

            assertThat(send(restarted, again.request(), again.body(), "POST").status())
                    .isEqualTo(200);
        } finally {
            restarted.stop();
        }
    }

    @Test
    void aSynapseOfAnotherNameWithHashFieldsNeedsNoCode() throws Exception {
        HashFields hashed = HashFields.parse("texts list[str]");
        Rig rig =
                new Rig(
                        home,
                        "synapses[0].name=Sentences",
                        "synapses[0].hash-fields=texts list[str]",
                        "synapses[0].allow-step-back=true");
        try {
            AxonRequestSigner.Signed asked = axon(rig, "Sentences", hashed, "it's");
            Answer answer = send(rig, asked.request(), asked.body(), "POST");
            AxonRequestSigner.Signed other = axon(rig, "Sentences", hashed, "it's");
            byte[] changed =
                    new String(other.body(), UTF_8).replace("it's", "mine").getBytes(UTF_8);

            assertThat(json(answer).at("/embeddings/0")).hasSize(384);
            assertThat(check(rig, asked.request(), answer).status()).isEqualTo(200);
            assertThat(message(send(rig, other.request(), changed, "POST")))
                    .startsWith("AUTH_BODY_HASH: ");
        } finally {
            rig.stop();
        }
    }

    @Test
    void getIsTakenTooAndARefusedBodyIsSealed() throws Exception {
        Rig rig = new Rig(home);
        try {
            AxonRequestSigner.Signed asked = axon(rig, "TextEmbedding", HashFields.NONE, "a");
            AxonRequestSigner.Signed bad = axon(rig, "TextEmbedding", HashFields.NONE, "a");
            byte[] wrong = "{\"texts\":\"a\"}".getBytes(UTF_8);
            Answer refused = send(rig, bad.request(), wrong, "POST");

            assertThat(send(rig, asked.request(), asked.body(), "GET").status()).isEqualTo(200);
            assertThat(refused.status()).isEqualTo(400);
            assertThat(message(refused))
                    .isEqualTo("TASK_BAD_INPUT: texts must be a list of strings");
            assertThat(refused.headers())
                    .contains(new Header("bt_header_axon_status_code", "400"))
                    .anyMatch(header -> header.name().equals("X-Bittensor-Signature"));
            assertThat(
                            RawHttp.ask(rig.port(), "PUT", PATH, bad.request().headers(), wrong)
                                    .headers())
                    .contains(new Header("Allow", "POST, GET"));
        } finally {
            rig.stop();
        }
    }
}
