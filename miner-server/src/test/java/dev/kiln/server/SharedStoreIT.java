package dev.kiln.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.kiln.bittensor.keys.KeyPair;
import dev.kiln.bittensor.keys.Keyfile;
import dev.kiln.bittensor.wire.Answer;
import dev.kiln.bittensor.wire.RequestSigner;
import dev.kiln.core.Header;
import dev.kiln.core.Scheme;
import dev.kiln.core.Time;
import dev.kiln.server.config.ConfigSource;
import dev.kiln.server.config.Home;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Two miners behind one hotkey and a real Redis, over HTTP: what one let in the other does not, and while Redis is away
/// neither lets anybody in. Needs Debian's redis-server, which `deploy/setup` installs.
@Timeout(value = 240, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SharedStoreIT {
    private static final byte[] BODY = "{\"input\":\"a\"}".getBytes(StandardCharsets.UTF_8);
    private static final int RACES = 20;

    private final KeyPair hotkey = KeyPair.generate(Scheme.SR25519);
    private final RequestSigner validator;
    private final String validatorAddress;
    private final List<Miner> boxes = new ArrayList<>();
    private final List<Process> stores = new ArrayList<>();

    @TempDir private Path folder = Path.of("");

    private int redisPort;

    SharedStoreIT() {
        KeyPair pair = KeyPair.generate(Scheme.SR25519);
        validator = new RequestSigner(pair, Time.SYSTEM);
        validatorAddress = pair.hotkey().ss58();
    }

    @BeforeEach
    void files() throws Exception {
        if (System.getenv("KILN_REQUIRE_REDIS") == null) {
            boolean there = Files.isExecutable(Path.of("/usr/bin/redis-server"));
            assumeThat(there).as("redis-server").isTrue();
        }
        Keyfile.write(folder.resolve("hotkey"), hotkey, false);
        Files.writeString(
                folder.resolve("roster.yaml"),
                "- hotkey: %s\n  stake: 1\n".formatted(validatorAddress));
        try (var free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            redisPort = free.getLocalPort();
        }
    }

    @AfterEach
    void stop() throws Exception {
        for (Miner box : boxes) {
            box.drain();
        }
        for (Process store : stores) {
            kill(store);
        }
    }

    @Test
    void aReplayIsAcceptedByNeitherAndWithoutTheStoreNobodyIs() throws Exception {
        Process redis = redis();
        Miner one = box("one");
        Miner other = box("other");
        awaitAnswer(one);
        awaitAnswer(other);

        List<Header> once = sign();
        assertThat(ask(one, once).status()).isEqualTo(200);
        for (Miner box : List.of(other, one)) {
            Answer replay = ask(box, once);
            assertThat(Rig.code(replay)).isEqualTo("TIME_REPLAY");
            assertThat(replay.status()).isEqualTo(401);
        }
        for (int i = 0; i < RACES; i++) {
            assertThat(raced(one, other, sign())).containsExactlyInAnyOrder(200, 401);
        }

        List<Header> unseen = sign();
        assertThat(ask(one, unseen).status()).isEqualTo(200);
        kill(redis);
        for (Miner box : List.of(one, other)) {
            List<Header> fresh = sign();
            for (int i = 0; i < 3; i++) {
                Answer refused = ask(box, i == 0 ? fresh : sign());
                assertThat(Rig.code(refused)).isEqualTo("STORE_AWAY");
                assertThat(refused.status()).isEqualTo(503);
            }
            Answer page = page(box);
            assertThat(page.status()).isEqualTo(503);
            assertThat(Rig.json(page).path("state").asText()).isEqualTo("store_away");
        }
        assertThat(ask(other, once).status()).isNotEqualTo(200);

        redis();
        awaitAnswer(one);
        awaitAnswer(other);
        assertThat(page(one).status()).isEqualTo(200);
        assertThat(page(other).status()).isEqualTo(200);
        // The new store has never heard of it.
        assertThat(Rig.code(ask(other, unseen))).isEqualTo("TIME_BEFORE_FENCE");
        assertThat(Rig.code(ask(one, unseen))).isEqualTo("TIME_REPLAY");
    }

    private Miner box(String name) throws Exception {
        List<String> sets =
                List.of(
                        "server.port=0",
                        "hotkey.file=" + folder.resolve("hotkey"),
                        "roster.file=" + folder.resolve("roster.yaml"),
                        "auth.max-age=120s",
                        "auth.shared.redis=127.0.0.1:" + redisPort,
                        "auth.shared.timeout=5s",
                        "models[0].source=embedded:a",
                        "models[0].name=m",
                        "models[0].engine-threads=1");
        Home home = new Home(folder.resolve(name));
        Miner box = Miner.start(new ConfigSource(Optional.empty(), sets), home, new FakeModels());
        boxes.add(box);
        return box;
    }

    private Process redis() throws Exception {
        Process store =
                new ProcessBuilder(
                                "redis-server",
                                "--port",
                                Integer.toString(redisPort),
                                "--bind",
                                "127.0.0.1",
                                "--save",
                                "",
                                "--dir",
                                folder.toString())
                        .redirectErrorStream(true)
                        .redirectOutput(folder.resolve("redis.log").toFile())
                        .start();
        stores.add(store);
        return store;
    }

    private static void kill(Process store) throws Exception {
        store.destroyForcibly();
        assertThat(store.waitFor(30, TimeUnit.SECONDS)).isTrue();
    }

    private List<Header> sign() {
        return validator.sign("POST", Rig.EMBEDDINGS, BODY, hotkey.hotkey()).headers();
    }

    private static Answer ask(Miner box, List<Header> headers) throws Exception {
        return RawHttp.ask(box.port(), "POST", Rig.EMBEDDINGS, headers, BODY);
    }

    private static Answer page(Miner box) throws Exception {
        return RawHttp.ask(box.port(), "GET", "/readyz", List.of(), new byte[0]);
    }

    /// Right after its birth a store's fence refuses everybody for `auth.skew`; so does a box that has not seen it yet.
    private void awaitAnswer(Miner box) throws Exception {
        for (Answer answer = ask(box, sign()); answer.status() != 200; answer = ask(box, sign())) {
            assertThat(Rig.code(answer)).isIn("STORE_AWAY", "TIME_BEFORE_FENCE");
            Thread.onSpinWait();
        }
    }

    /// The same bytes at both boxes at once.
    private static List<Integer> raced(Miner one, Miner other, List<Header> headers)
            throws Exception {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Integer> statuses = new ArrayList<>();
            List<Callable<Integer>> both =
                    List.of(() -> ask(one, headers).status(), () -> ask(other, headers).status());
            for (var each : threads.invokeAll(both)) {
                statuses.add(each.get());
            }
            return statuses;
        }
    }
}
