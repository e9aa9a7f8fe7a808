package dev.kiln.loadtest.drill;

import dev.kiln.bittensor.keys.KeyPair;
import dev.kiln.core.Scheme;
import dev.kiln.loadtest.miner.Metrics;
import dev.kiln.loadtest.miner.MinerException;
import dev.kiln.loadtest.miner.MinerFolder;
import dev.kiln.loadtest.miner.OwnMiner;
import dev.kiln.loadtest.traffic.ApiKeyCredentials;
import dev.kiln.loadtest.traffic.Arrival;
import dev.kiln.loadtest.traffic.Credentials;
import dev.kiln.loadtest.traffic.HotkeyCredentials;
import dev.kiln.loadtest.traffic.Provenance;
import dev.kiln.loadtest.traffic.Question;
import dev.kiln.loadtest.traffic.Received;
import dev.kiln.loadtest.traffic.Transport;
import dev.kiln.loadtest.traffic.Validator;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.regex.Pattern;

/// A miner of our own that serves the embedded model and one that breaks as told, and those who ask it.
///
/// **Threads:** any may ask; one closes.
final class Ground implements AutoCloseable {
    /// Longest wait for any response.
    static final Duration PATIENCE = Duration.ofSeconds(10);

    /// A run that takes longer hangs.
    static final Duration HUNG = Duration.ofSeconds(1);

    /// Of calls to the model that breaks.
    static final Duration DEADLINE = Duration.ofSeconds(3);

    private static final Pattern CODE = Pattern.compile("\\b[A-Z]{3,}(?:_[A-Z]+)+\\b");

    private static final String API_KEY = "a-key-of-the-fault-drill-0123456789";

    private final OwnMiner miner;
    private final MoodyModel moody;
    private final KeyPair member;
    private final Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
    private final Transport transport;

    private Ground(OwnMiner miner, MoodyModel moody, KeyPair member) {
        this.miner = miner;
        this.moody = moody;
        this.member = member;
        this.transport = new Transport(vertx, miner.ready().url(), 16, PATIENCE);
    }

    /// Starts a miner.
    static Ground open(List<String> prefix)
            throws IOException, MinerException, InterruptedException {
        KeyPair member = KeyPair.generate(Scheme.SR25519);
        MoodyModel moody = MoodyModel.write();
        boolean opened = false;
        try {
            var order =
                    new OwnMiner.Order(
                            List.of(new MinerFolder.Member(member, 1000, "full")),
                            prefix,
                            yaml(moody.folder()),
                            List.of("drill: " + API_KEY));
            var ground = new Ground(OwnMiner.start(order, _ -> {}), moody, member);
            opened = true;
            return ground;
        } finally {
            if (!opened) {
                moody.close();
            }
        }
    }

    private static String yaml(Path folder) {
        return """
        limits:
          hung-run: %ds
        models:
          - name: minilm
            source: embedded:minilm
            engine-threads: 1
          - name: moody
            source: '%s'
            engine-threads: 1
        routes:
          - path: /v1/embeddings
            task: embeddings
          - path: /v2
            task: open-inference
            deadline: %ds
        """
                .formatted(
                        HUNG.toSeconds(),
                        folder.toString().replace("'", "''"),
                        DEADLINE.toSeconds());
    }

    OwnMiner miner() {
        return miner;
    }

    Path roster() {
        return miner.state().resolveSibling("roster.yaml");
    }

    /// Writes a roster of the member and somebody else.
    void writeRoster(KeyPair other) throws IOException {
        String both =
                """
                - hotkey: %s
                  stake: 1000
                - hotkey: %s
                  stake: 1000
                """
                        .formatted(member.hotkey().ss58(), other.hotkey().ss58());
        Path draft = roster().resolveSibling("roster.new");
        Files.writeString(draft, both);
        Files.move(
                draft,
                roster(),
                StandardCopyOption.REPLACE_EXISTING,
                StandardCopyOption.ATOMIC_MOVE);
    }

    /// Signs as the member does.
    Credentials member() {
        return signing(member);
    }

    private Credentials signing(KeyPair key) {
        return new HotkeyCredentials(key, miner.hotkey(), Scheme.SR25519);
    }

    /// What an honest caller says.
    Question question() {
        return Question.of(List.of("a question of the drill"), miner.ready().model());
    }

    /// How many of so many honest calls were answered and proved.
    int honest(int calls) throws InterruptedException {
        int good = 0;
        for (int i = 0; i < calls; i++) {
            good += answers(member) ? 1 : 0;
        }
        return good;
    }

    /// Whether a caller with this key is answered.
    boolean answers(KeyPair key) throws InterruptedException {
        Arrival arrival = new Validator("drill", signing(key), transport).askOnce(question());
        return arrival.end() instanceof Arrival.Came(Received received)
                && received.status() == 200
                && arrival.signed().demand().check(received) instanceof Provenance.Proved;
    }

    /// Sends what was signed already.
    ///
    /// @return status and reason code
    String send(Credentials.Signed signed) throws InterruptedException {
        Credentials again =
                new Credentials() {
                    @Override
                    public Signed sign(String target, Question question) {
                        return signed;
                    }

                    @Override
                    public String name() {
                        return "again";
                    }
                };
        return said(new Validator("again", again, transport).askOnce(question()));
    }

    /// Gives the model that breaks a number.
    ///
    /// @return status and reason code
    String moody(double x) throws InterruptedException {
        String body =
                "{\"inputs\":[{\"name\":\"x\",\"shape\":[1,1],\"datatype\":\"FP32\",\"data\":[%s]}]}"
                        .formatted(x);
        var question = new Question(List.of(), List.of(), body.getBytes(StandardCharsets.US_ASCII));
        return said(
                new Validator(
                                "drill",
                                new ApiKeyCredentials(API_KEY),
                                transport,
                                "/v2/models/moody/infer")
                        .askOnce(question));
    }

    private static String said(Arrival arrival) {
        return switch (arrival.end()) {
            case Arrival.Came(Received received) -> received.status() + code(received);
            case Arrival.Lost(String cause) -> "lost: " + cause;
            case Arrival.Unsent(String cause) -> "unsent: " + cause;
        };
    }

    /// The reason, wherever the route's kind of answer has it.
    private static String code(Received received) {
        String body = new String(received.body(), StandardCharsets.UTF_8);
        return received.status() == 200
                ? ""
                : CODE.matcher(body).results().findFirst().map(m -> " " + m.group()).orElse("");
    }

    /// The status of a page, 0 where there was none.
    int page(String path) throws InterruptedException {
        try {
            return transport.get(path).toCompletionStage().toCompletableFuture().get().status();
        } catch (ExecutionException e) {
            return 0;
        }
    }

    /// The miner's metrics; empty where they cannot be read.
    Metrics metrics() throws InterruptedException {
        try {
            byte[] page =
                    transport
                            .get("/metrics")
                            .toCompletionStage()
                            .toCompletableFuture()
                            .get()
                            .body();
            return Metrics.parse(new String(page, StandardCharsets.UTF_8));
        } catch (ExecutionException e) {
            return Metrics.parse("");
        }
    }

    /// Looks every tenth of a second.
    ///
    /// @return seconds until it held, or -1 if it never did
    static double within(Duration longest, Check check) throws InterruptedException {
        long start = System.nanoTime();
        while (System.nanoTime() - start < longest.toNanos()) {
            if (check.holds()) {
                return (System.nanoTime() - start) / 1e9;
            }
            Thread.sleep(100);
        }
        return -1;
    }

    /// A question to which the answer changes.
    @FunctionalInterface
    interface Check {
        boolean holds() throws InterruptedException;
    }

    @Override
    public void close() throws IOException {
        transport.close();
        vertx.close();
        miner.close();
        moody.close();
    }
}
