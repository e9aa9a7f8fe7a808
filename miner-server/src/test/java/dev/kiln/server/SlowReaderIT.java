package dev.kiln.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.bittensor.keys.KeyPair;
import dev.kiln.bittensor.keys.Keyfile;
import dev.kiln.bittensor.wire.Answer;
import dev.kiln.bittensor.wire.AxonRequestSigner;
import dev.kiln.bittensor.wire.HashFields;
import dev.kiln.bittensor.wire.RequestSigner;
import dev.kiln.core.Header;
import dev.kiln.core.Time;
import dev.kiln.server.config.ConfigSource;
import dev.kiln.server.config.Home;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Callers who ask for much and read nothing of it, over real HTTP with real signatures.
@Timeout(value = 180, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SlowReaderIT {
    private static final String MODEL = "embedded:a";

    /// Numbers in a vector; each takes two bytes of JSON at least.
    private static final int DIMENSION = 1 << 15;

    /// Texts whose vectors are far more than the network keeps for a client that does not read.
    private static final int MANY = 128;

    /// As little as the network may keep for a client.
    private static final int WINDOW = 4 << 10;

    private static final long BETWEEN_LOOKS_NANOS = 5_000_000;

    @TempDir private Path home = Path.of("");

    private final FakeModels models = new FakeModels();
    private final List<RawHttp> readers = new ArrayList<>();
    private final List<Miner> started = new ArrayList<>();

    private void start(String... more) throws Exception {
        List<String> sets = new ArrayList<>(List.of(more));
        sets.addAll(
                List.of(
                        "server.port=0",
                        "models[0].source=" + MODEL,
                        "models[0].batch.max-items=1",
                        "models[0].engine-threads=1",
                        "routes[0].deadline=120s",
                        "synapses[0].stream=lines",
                        "synapses[0].deadline=120s"));
        models.of(MODEL).dimension = DIMENSION;
        started.add(Miner.start(new ConfigSource(Optional.empty(), sets), new Home(home), models));
        miner().awaitReady();
    }

    private Miner miner() {
        return started.getLast();
    }

    private KeyPair validator() throws Exception {
        return Keyfile.read(new Home(home).developmentValidator());
    }

    @AfterEach
    void nothingIsLeftInside() throws Exception {
        for (RawHttp reader : readers) {
            reader.close();
        }
        assertThat(miner().drain()).isTrue();
    }

    private RawHttp reader() throws Exception {
        var reader = new RawHttp(miner().port(), WINDOW);
        readers.add(reader);
        return reader;
    }

    private void ask(RawHttp http, int texts) throws Exception {
        String input = String.join(",", Collections.nCopies(texts, "\"a\""));
        byte[] body = "{\"input\":[%s]}".formatted(input).getBytes(UTF_8);
        var signer = new RequestSigner(validator(), Time.SYSTEM);
        List<Header> headers =
                signer.sign("POST", Rig.EMBEDDINGS, body, miner().who().miner().hotkey()).headers();
        http.send("POST", Rig.EMBEDDINGS, headers, body);
    }

    private void askForAStream(RawHttp http, int texts) throws Exception {
        var asked =
                new AxonRequestSigner(validator(), "192.0.2.1", Time.SYSTEM)
                        .sign(
                                new AxonRequestSigner.Synapse(
                                        "TextEmbedding",
                                        Map.of("texts", Collections.nCopies(texts, "a")),
                                        Map.of(),
                                        HashFields.NONE,
                                        Duration.ofSeconds(60)),
                                new AxonRequestSigner.Miner(
                                        miner().who().miner().hotkey(),
                                        "127.0.0.1",
                                        miner().port()));
        List<Header> headers = new ArrayList<>(asked.request().headers());
        headers.add(new Header("Content-Type", "application/json"));
        http.send("POST", asked.request().target(), headers, asked.body());
    }

    /// An honest caller's answer, read as it comes.
    private Answer honest(int texts) throws Exception {
        try (var http = new RawHttp(miner().port())) {
            ask(http, texts);
            return http.answer();
        }
    }

    private double metric(String name) throws Exception {
        String page =
                new String(
                        RawHttp.ask(miner().port(), "GET", "/metrics", List.of(), new byte[0])
                                .body(),
                        UTF_8);
        return Pattern.compile("(?m)^" + name + "(?:\\{[^}]*\\})? ([0-9.E]+)$")
                .matcher(page)
                .results()
                .mapToDouble((MatchResult found) -> Double.parseDouble(found.group(1)))
                .sum();
    }

    private double unread() throws Exception {
        return metric("kiln_replies_unread_bytes");
    }

    private double cutOff() throws Exception {
        return metric("kiln_connections_cut_off");
    }

    private void awaitCutOff(int readers) throws Exception {
        while (cutOff() < readers) {
            LockSupport.parkNanos(BETWEEN_LOOKS_NANOS);
        }
    }

    @Test
    void aLargeAnswerThatNobodyReadsIsCutOff() throws Exception {
        start("limits.read-time=1s");
        ask(reader(), MANY);
        while (unread() < MANY * DIMENSION) {
            LockSupport.parkNanos(BETWEEN_LOOKS_NANOS);
        }

        assertThat(honest(1).status()).isEqualTo(200);
        awaitCutOff(1);
        assertThat(unread()).isLessThan(MANY * DIMENSION);
        assertThat(honest(1).status()).isEqualTo(200);
    }

    @Test
    void aStreamThatNobodyReadsIsCutOffAndItsWorkIsDropped() throws Exception {
        start("limits.read-time=1s");
        models.of(MODEL).takes = Duration.ofMillis(20);
        askForAStream(reader(), 256);
        awaitCutOff(1);

        while (metric("kiln_inside") > 0) {
            LockSupport.parkNanos(BETWEEN_LOOKS_NANOS);
        }
        assertThat(metric("kiln_lane_dropped_total")).isPositive();
        assertThat(unread()).isLessThan(DIMENSION);
        assertThat(honest(1).status()).isEqualTo(200);
    }

    @Test
    void whoReadsThroughANarrowWindowIsAnsweredWhole() throws Exception {
        start("limits.read-time=1s");
        try (var http = new RawHttp(miner().port(), WINDOW)) {
            ask(http, MANY);
            Answer answer = http.answer();

            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.body()).hasSizeGreaterThan(MANY * DIMENSION);
        }
        assertThat(cutOff()).isZero();
    }

    @Test
    void aCrowdThatReadsNothingHoldsNoMoreThanTheBound() throws Exception {
        start("limits.unread-replies=24MiB", "limits.read-time=120s");
        for (int i = 0; i < 6; i++) {
            ask(reader(), MANY);
        }
        awaitCutOff(4);

        Answer whole = honest(MANY / 4);
        assertThat(whole.status()).isEqualTo(200);
        assertThat(whole.body()).hasSizeGreaterThan(MANY / 4 * DIMENSION);
        assertThat(unread()).isLessThanOrEqualTo(24 << 20);
    }

    @Test
    void aReplyLargerThanTheBoundIsStillAnsweredWhereNobodyElseWaits() throws Exception {
        start("limits.unread-replies=1MiB");

        assertThat(honest(MANY).body()).hasSizeGreaterThan(MANY * DIMENSION);
        assertThat(cutOff()).isZero();
    }

    @Test
    void manyQuestionsOnOneConnectionWithoutReadingAreBoundedToo() throws Exception {
        start("limits.unread-replies=1MiB", "limits.read-time=1s");
        byte[] hundred = "GET /metrics HTTP/1.1\r\nHost: kiln\r\n\r\n".repeat(100).getBytes(UTF_8);
        RawHttp reader = reader();
        Thread asking =
                Thread.ofVirtual()
                        .start(() -> {
                            try {
                                for (int i = 0; i < 1_000; i++) {
                                    reader.send(hundred);
                                }
                            } catch (IOException _) {
                                // cut off, as it should be
                            }
                        });
        awaitCutOff(1);
        asking.join();

        assertThat(unread()).isLessThanOrEqualTo(1 << 20);
    }
}
