package dev.kiln.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.kiln.bittensor.wire.Answer;
import dev.kiln.bittensor.wire.AnswerCheck;
import dev.kiln.bittensor.wire.AxonRequestSigner;
import dev.kiln.bittensor.wire.BadAnswer;
import dev.kiln.bittensor.wire.HashFields;
import dev.kiln.bittensor.wire.Receipt;
import dev.kiln.bittensor.wire.SignedRequest;
import dev.kiln.core.Header;
import dev.kiln.core.Scheme;
import dev.kiln.core.Time;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Streamed answers of the real model, as the bytes on the wire.
@Timeout(120)
class StreamIT {
    private static final Pattern GONE =
            Pattern.compile("reason=\"RUN_CALLER_GONE\"[^}]*\\} ([0-9.]+)");

    @TempDir private static Path home = Path.of("");

    private static Rig rig;

    @BeforeAll
    static void start() throws Exception {
        rig =
                new Rig(
                        home,
                        "synapses[0].stream=lines",
                        "synapses[0].allow-step-back=true",
                        "synapses[1].name=Events",
                        "synapses[1].task=embeddings",
                        "synapses[1].stream=events",
                        "models[0].batch.max-items=1",
                        "models[0].engine-threads=1");
    }

    @AfterAll
    static void stop() throws Exception {
        rig.stop();
    }

    private static AxonRequestSigner.Signed ask(String synapse, List<String> texts) {
        return new AxonRequestSigner(rig.validator(), "192.0.2.1", Time.SYSTEM)
                .sign(
                        new AxonRequestSigner.Synapse(
                                synapse,
                                Map.of("texts", texts),
                                Map.of(),
                                HashFields.NONE,
                                Duration.ofSeconds(60)),
                        new AxonRequestSigner.Miner(rig.hotkey(), "127.0.0.1", rig.port()));
    }

    private static void send(RawHttp http, SignedRequest request, byte[] body) throws IOException {
        List<Header> headers = new ArrayList<>(request.headers());
        headers.add(new Header("Content-Type", "application/json"));
        http.send("POST", request.target(), headers, body);
    }

    private static Receipt check(SignedRequest request, Answer answer) throws BadAnswer {
        return new AnswerCheck(rig.hotkey(), Scheme.SR25519)
                .check(request, answer, Time.SYSTEM.epochNanos());
    }

    @Test
    void everyVectorIsALineInAChunkAndTheReceiptFollows() throws Exception {
        AxonRequestSigner.Signed asked = ask("TextEmbedding", List.of("a cat", "a dog", "a car"));
        try (var http = new RawHttp(rig.port())) {
            send(http, asked.request(), asked.body());
            Answer answer = http.answer();

            assertThat(http.chunks()).hasSize(3).allMatch(line -> line.endsWith("]\n"));
            for (String line : http.chunks()) {
                assertThat(new JsonMapper().readTree(line)).hasSize(384);
            }
            assertThat(answer.headers())
                    .contains(
                            new Header("Content-Type", "text/event-stream"),
                            new Header("bt_header_axon_status_code", "200"),
                            new Header("bt_header_axon_hotkey", rig.hotkey().ss58()))
                    .noneMatch(header -> header.name().equalsIgnoreCase("Content-Length"));
            assertThat(http.trailers())
                    .extracting(Header::name)
                    .contains("X-Bittensor-Signature", "X-Kiln-Answer")
                    .allMatch(name -> name.startsWith("X-"));
            assertThat(check(asked.request(), answer).model()).contains("minilm");
        }
    }

    @Test
    void theConnectionServesOnAfterAStream() throws Exception {
        try (var http = new RawHttp(rig.port())) {
            for (int i = 0; i < 3; i++) {
                AxonRequestSigner.Signed asked = ask("TextEmbedding", List.of("a", "b"));
                send(http, asked.request(), asked.body());

                assertThat(check(asked.request(), http.answer()).status()).isEqualTo(200);
            }
        }
    }

    @Test
    void eventsHaveTheirFraming() throws Exception {
        AxonRequestSigner.Signed asked = ask("Events", List.of("a"));
        try (var http = new RawHttp(rig.port())) {
            send(http, asked.request(), asked.body());
            http.answer();

            assertThat(http.chunks().getFirst()).startsWith("data: [").endsWith("]\n\n");
        }
    }

    @Test
    void aRefusalIsNoStream() throws Exception {
        AxonRequestSigner.Signed asked = ask("TextEmbedding", List.of("a"));
        byte[] wrong = "{\"texts\":\"a\"}".getBytes(UTF_8);
        try (var http = new RawHttp(rig.port())) {
            send(http, asked.request(), wrong);
            Answer answer = http.answer();

            assertThat(answer.status()).isEqualTo(400);
            assertThat(http.chunks()).isEmpty();
            assertThat(Rig.json(answer).at("/message").asText()).startsWith("TASK_BAD_INPUT");
        }
    }

    @Test
    void nothingAskedIsAnsweredWithNothing() throws Exception {
        AxonRequestSigner.Signed asked = ask("TextEmbedding", List.of());
        try (var http = new RawHttp(rig.port())) {
            send(http, asked.request(), asked.body());
            Answer answer = http.answer();

            assertThat(answer.body()).isEmpty();
            assertThat(check(asked.request(), answer).status()).isEqualTo(200);
        }
    }

    @Test
    void aClientOfHttp10GetsItWholeWithItsReceiptInTheHead() throws Exception {
        AxonRequestSigner.Signed asked = ask("TextEmbedding", List.of("a", "b"));
        var head = new StringBuilder("POST /TextEmbedding HTTP/1.0\r\nHost: kiln\r\n");
        asked.request()
                .headers()
                .forEach(header -> head.append(header.name() + ": " + header.value() + "\r\n"));
        head.append("Content-Length: " + asked.body().length + "\r\n\r\n");
        try (var http = new RawHttp(rig.port())) {
            http.send(head + new String(asked.body(), UTF_8));
            Answer answer = http.answer();

            assertThat(new String(answer.body(), UTF_8).lines()).hasSize(2);
            assertThat(check(asked.request(), answer).status()).isEqualTo(200);
        }
    }

    @Test
    void aStreamCutShortOrChangedProvesNothing() throws Exception {
        AxonRequestSigner.Signed asked = ask("TextEmbedding", List.of("a", "b"));
        try (var http = new RawHttp(rig.port())) {
            send(http, asked.request(), asked.body());
            Answer answer = http.answer();
            byte[] first = http.chunks().getFirst().getBytes(UTF_8);
            var cut = new Answer(answer.status(), answer.headers(), first);
            var bare = new Answer(200, headers(answer, http.trailers()), answer.body());

            assertThatThrownBy(() -> check(asked.request(), cut))
                    .hasMessageContaining("another body");
            assertThatThrownBy(() -> check(asked.request(), bare))
                    .hasMessageContaining("no signature");
        }
    }

    private static List<Header> headers(Answer answer, List<Header> without) {
        return answer.headers().stream().filter(header -> !without.contains(header)).toList();
    }

    @Test
    void aClientThatLeavesInTheMiddleFreesTheLane() throws Exception {
        String text = "the dough must rest ".repeat(60);
        AxonRequestSigner.Signed asked =
                ask("TextEmbedding", new ArrayList<>(Collections.nCopies(200, text)));
        double before = gone();
        try (var http = new RawHttp(rig.port())) {
            send(http, asked.request(), asked.body());
            http.firstChunk();
        }
        while (gone() == before) {
            Thread.onSpinWait();
        }

        AxonRequestSigner.Signed next = ask("TextEmbedding", List.of("a"));
        try (var http = new RawHttp(rig.port())) {
            send(http, next.request(), next.body());
            assertThat(http.answer().status()).isEqualTo(200);
        }
        assertThat(metric("kiln_lane_dropped")).isPositive();
    }

    private static double gone() throws IOException {
        Matcher found = GONE.matcher(metrics());
        return found.find() ? Double.parseDouble(found.group(1)) : 0;
    }

    private static double metric(String name) throws IOException {
        Matcher found = Pattern.compile(name + "[^ ]* ([0-9.]+)").matcher(metrics());
        return found.find() ? Double.parseDouble(found.group(1)) : 0;
    }

    private static String metrics() throws IOException {
        return new String(
                RawHttp.ask(rig.port(), "GET", "/metrics", List.of(), new byte[0]).body(), UTF_8);
    }
}
