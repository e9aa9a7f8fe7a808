package dev.kiln.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.bittensor.keys.Keyfile;
import dev.kiln.bittensor.wire.RequestSigner;
import dev.kiln.bittensor.wire.SignedRequest;
import dev.kiln.core.Header;
import dev.kiln.core.Time;
import dev.kiln.server.config.ConfigSource;
import dev.kiln.server.config.Home;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// More refusals than may leave at once, over real HTTP with real signatures.
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class TarpitIT {
    private static final byte[] BODY = "{\"input\":\"abc\"}".getBytes(StandardCharsets.UTF_8);
    private static final Duration BETWEEN = Duration.ofMillis(50);
    private static final int BURST = 5;
    private static final String KEY = "0123456789abcdef0123456789abcdef";
    private static final byte[] UNFIT = "{\"input\":7}".getBytes(StandardCharsets.UTF_8);

    @TempDir private Path home = Path.of("");

    private Miner miner;
    private RequestSigner signer;
    private boolean drained;

    @BeforeEach
    void start() throws Exception {
        var models = new FakeModels();
        models.of("embedded:a");
        Path keys = Files.writeString(home.resolve("keys"), "one: %s\n".formatted(KEY));
        Files.setPosixFilePermissions(keys, PosixFilePermissions.fromString("rw-------"));
        var sets =
                List.of(
                        "server.port=0",
                        "models[0].source=embedded:a",
                        "api-keys.file=" + keys,
                        "limits.refusals-per-second=20",
                        "limits.refusals-per-caller=20");
        miner = Miner.start(new ConfigSource(Optional.empty(), sets), new Home(home), models);
        miner.awaitReady();
        signer =
                new RequestSigner(Keyfile.read(new Home(home).developmentValidator()), Time.SYSTEM);
    }

    @AfterEach
    void stop() throws Exception {
        if (!drained) {
            assertThat(miner.drain()).isTrue();
        }
    }

    private SignedRequest signed() {
        return signed(BODY);
    }

    private SignedRequest signed(byte[] body) {
        return signer.sign("POST", Rig.EMBEDDINGS, body, miner.who().miner().hotkey());
    }

    private int unfit(RawHttp http) throws Exception {
        http.send("POST", Rig.EMBEDDINGS, signed(UNFIT).headers(), UNFIT);
        return http.answer().status();
    }

    private static int refused(RawHttp http) throws Exception {
        http.send("POST", Rig.EMBEDDINGS, List.of(), BODY);
        return http.answer().status();
    }

    private double slowed() throws Exception {
        String page =
                new String(
                        RawHttp.ask(miner.port(), "GET", "/metrics", List.of(), new byte[0]).body(),
                        StandardCharsets.UTF_8);
        return Pattern.compile("(?m)^kiln_refusals_slowed ([0-9.]+)$")
                .matcher(page)
                .results()
                .map((MatchResult found) -> Double.parseDouble(found.group(1)))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void aFloodIsSlowedAndWhoeverIsProvedIsNot() throws Exception {
        try (var flooding = new RawHttp(miner.port());
                var honest = new RawHttp(miner.port())) {
            assertThat(refused(flooding)).isEqualTo(401);
            assertThat(slowed()).isZero();

            long began = System.nanoTime();
            for (int i = 0; i < BURST + 10; i++) {
                assertThat(refused(flooding)).isEqualTo(401);
            }
            assertThat(System.nanoTime() - began).isGreaterThanOrEqualTo(9 * BETWEEN.toNanos());
            double held = slowed();
            assertThat(held).isPositive();

            for (int i = 0; i < 100; i++) {
                SignedRequest call = signed();
                honest.send("POST", Rig.EMBEDDINGS, call.headers(), BODY);
                assertThat(honest.answer().status()).isEqualTo(200);
            }
            assertThat(slowed()).isEqualTo(held);
        }
    }

    @Test
    void junkInAValidatorsNameIsSlowedToo() throws Exception {
        byte[] bent = "{\"input\":\"abd\"}".getBytes(StandardCharsets.UTF_8);
        try (var flooding = new RawHttp(miner.port())) {
            long began = System.nanoTime();
            for (int i = 0; i < BURST + 10; i++) {
                flooding.send("POST", Rig.EMBEDDINGS, signed().headers(), bent);
                assertThat(flooding.answer().status()).isEqualTo(401);
            }
            assertThat(System.nanoTime() - began).isGreaterThanOrEqualTo(8 * BETWEEN.toNanos());
        }
        assertThat(slowed()).isPositive();
    }

    @Test
    void aCallerWhoIsRefusedAgainAndAgainIsSlowedAndHisAnswersAreNot() throws Exception {
        var keyed = List.of(new Header("Authorization", "Bearer " + KEY));
        try (var greedy = new RawHttp(miner.port());
                var well = new RawHttp(miner.port());
                var other = new RawHttp(miner.port())) {
            long began = System.nanoTime();
            for (int i = 0; i < BURST + 10; i++) {
                assertThat(unfit(greedy)).isEqualTo(400);
            }
            assertThat(System.nanoTime() - began).isGreaterThanOrEqualTo(9 * BETWEEN.toNanos());
            double held = slowed();
            assertThat(held).isPositive();

            for (int i = 0; i < 20; i++) {
                SignedRequest call = signed();
                well.send("POST", Rig.EMBEDDINGS, call.headers(), BODY);
                assertThat(well.answer().status()).isEqualTo(200);
            }
            for (int i = 0; i < BURST; i++) {
                other.send("POST", Rig.EMBEDDINGS, keyed, UNFIT);
                assertThat(other.answer().status()).isEqualTo(400);
            }
            assertThat(refused(other)).isEqualTo(401);
            assertThat(slowed()).isEqualTo(held);
        }
    }

    @Test
    void whoLeavesWhileHeldBackLeavesNothingBehind() throws Exception {
        try (var flooding = new RawHttp(miner.port())) {
            for (int i = 0; i < BURST + 6; i++) {
                flooding.send("POST", Rig.EMBEDDINGS, List.of(), BODY);
            }
            for (int i = 0; i < BURST; i++) {
                flooding.answer();
            }
        }
        LockSupport.parkNanos(2 * BETWEEN.toNanos());
        try (var http = new RawHttp(miner.port())) {
            assertThat(refused(http)).isEqualTo(401);
        }
    }

    private double counted() throws Exception {
        String page =
                new String(
                        RawHttp.ask(miner.port(), "GET", "/metrics", List.of(), new byte[0]).body(),
                        StandardCharsets.UTF_8);
        return Pattern.compile("(?m)^kiln_requests_total\\{.*\\} ([0-9.]+)$")
                .matcher(page)
                .results()
                .mapToDouble((MatchResult found) -> Double.parseDouble(found.group(1)))
                .sum();
    }

    @Test
    void aRefusalThatIsHeldBackIsCountedOnceThoughItsCallerLeaves() throws Exception {
        int callers = 20;
        List<RawHttp> hasty = new ArrayList<>();
        for (int i = 0; i < callers; i++) {
            var http = new RawHttp(miner.port());
            hasty.add(http);
            http.send("POST", Rig.EMBEDDINGS, signed(UNFIT).headers(), UNFIT);
        }
        long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (counted() < callers && System.nanoTime() < end) {
            LockSupport.parkNanos(1_000_000);
        }
        for (RawHttp http : hasty) {
            http.close();
        }
        assertThat(slowed()).isPositive();
        LockSupport.parkNanos(Duration.ofMillis(1500).toNanos());
        assertThat(counted()).isEqualTo(callers);
    }

    @Test
    void aDrainDoesNotWaitForThoseWhoAskAgainAtOnce() throws Exception {
        var over = new AtomicBoolean();
        List<Thread> heedless = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            heedless.add(Thread.ofVirtual().start(() -> askUntil(over)));
        }
        LockSupport.parkNanos(Duration.ofMillis(700).toNanos());
        try {
            drained = true;
            assertThat(miner.drain()).isTrue();
        } finally {
            over.set(true);
            for (Thread thread : heedless) {
                thread.join();
            }
        }
    }

    private void askUntil(AtomicBoolean over) {
        while (!over.get()) {
            try (var http = new RawHttp(miner.port())) {
                while (!over.get()) {
                    unfit(http);
                }
            } catch (Exception gone) {
                LockSupport.parkNanos(1_000_000);
            }
        }
    }
}
