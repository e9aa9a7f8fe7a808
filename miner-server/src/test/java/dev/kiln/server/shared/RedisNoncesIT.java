package dev.kiln.server.shared;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.kiln.core.Hotkey;
import dev.kiln.core.Refusal;
import dev.kiln.core.Refused;
import dev.kiln.core.Time;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Boxes that share used nonces in a real Redis: what another box let through, and a Redis that is away, slow, full,
/// forgetful or new. Needs Debian's redis-server, which `deploy/setup` installs.
@Timeout(120)
class RedisNoncesIT {
    private static final Hotkey MINER = hotkey(1, "5Miner");
    private static final Hotkey ALICE = hotkey(2, "5Alice");
    private static final Duration SKEW = Duration.ofSeconds(2);
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private static Hotkey hotkey(int last, String ss58) {
        byte[] account = new byte[Hotkey.LENGTH];
        account[Hotkey.LENGTH - 1] = (byte) last;
        return new Hotkey(account, ss58);
    }

    @TempDir private Path folder;

    private final List<RedisNonces> boxes = new ArrayList<>();
    private final List<Process> servers = new ArrayList<>();
    private int port;

    @BeforeEach
    void redis() throws Exception {
        if (System.getenv("KILN_REQUIRE_REDIS") == null) {
            boolean there = Files.isExecutable(Path.of("/usr/bin/redis-server"));
            assumeThat(there).as("redis-server").isTrue();
        }
        try (var free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
    }

    @AfterEach
    void stop() throws Exception {
        boxes.forEach(RedisNonces::close);
        for (Process server : servers) {
            end(server);
        }
    }

    private static void end(Process server) throws Exception {
        server.destroyForcibly();
        assertThat(server.waitFor(30, TimeUnit.SECONDS)).isTrue();
    }

    private Process start(String... more) throws Exception {
        List<String> command =
                new ArrayList<>(
                        List.of(
                                "redis-server",
                                "--port",
                                Integer.toString(port),
                                "--bind",
                                "127.0.0.1",
                                "--save",
                                "",
                                "--dir",
                                folder.toString()));
        command.addAll(List.of(more));
        Process server =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(folder.resolve("log").toFile())
                        .start();
        servers.add(server);
        while (true) {
            try (var link = link(PATIENCE)) {
                assertThat(link).isNotNull();
                return server;
            } catch (IOException e) {
                assertThat(server.isAlive()).as(Files.readString(folder.resolve("log"))).isTrue();
            }
        }
    }

    private RedisLink link(Duration atMost) throws IOException {
        return RedisLink.open(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), port), atMost);
    }

    private RedisNonces box(Duration patience, String... password) {
        var settings =
                new RedisNonces.Settings(
                        InetSocketAddress.createUnresolved("127.0.0.1", port),
                        password.length == 0 ? Optional.empty() : Optional.of(password[0]),
                        patience,
                        Duration.ofSeconds(30),
                        SKEW);
        var box = new RedisNonces(settings, Time.SYSTEM);
        boxes.add(box);
        return box;
    }

    /// Later than any fence that a Redis of this moment could set.
    private static long fresh() {
        return Time.SYSTEM.epochNanos() + Duration.ofHours(1).toNanos();
    }

    private static Refusal refusal(RedisNonces box, long nonce) {
        return catchThrowableOfType(Refused.class, () -> box.use(MINER, ALICE, nonce)).reason();
    }

    @Test
    void whatOneBoxLetThroughIsAReplayAtAnother() throws Exception {
        start();
        RedisNonces one = box(PATIENCE);
        RedisNonces other = box(PATIENCE);
        long nonce = fresh();

        one.use(MINER, ALICE, nonce);
        one.use(MINER, ALICE, nonce + 1);
        other.use(MINER, MINER, nonce);

        assertThat(refusal(other, nonce)).isEqualTo(Refusal.TIME_REPLAY);
        assertThat(refusal(one, nonce)).isEqualTo(Refusal.TIME_REPLAY);
        assertThat(one.away()).isFalse();
    }

    @Test
    void anEntryIsForgottenAfterTheWindowAndNotBefore() throws Exception {
        start();
        box(PATIENCE).use(MINER, ALICE, 4_000_000_000_000_000_000L);

        try (var link = link(PATIENCE)) {
            String key =
                    "kiln:nonce:%s:%s:4000000000000000000".formatted(MINER.ss58(), ALICE.ss58());
            long millis = Long.parseLong(link.ask("PTTL", key));
            assertThat(millis).isBetween(32_000L, 63_000L);
        }
    }

    @Test
    void aRedisThatIsAwayLetsNobodyInUntilItIsBack() throws Exception {
        RedisNonces box = box(PATIENCE);
        assertThat(refusal(box, fresh())).isEqualTo(Refusal.STORE_AWAY);
        assertThat(box.away()).isTrue();

        Process server = start();
        box.look();
        assertThat(box.away()).isFalse();
        box.use(MINER, ALICE, fresh());

        end(server);
        assertThat(refusal(box, fresh())).isEqualTo(Refusal.STORE_AWAY);
        assertThat(box.away()).isTrue();
    }

    @Test
    void aSlowRedisIsWaitedForNoLongerThanConfigured() throws Exception {
        start();
        RedisNonces box = box(Duration.ofMillis(200));
        box.look();
        try (var link = link(PATIENCE)) {
            link.ask("CLIENT", "PAUSE", "60000", "ALL");
        }

        long beganTick = System.nanoTime();
        assertThat(refusal(box, fresh())).isEqualTo(Refusal.STORE_AWAY);

        assertThat(System.nanoTime() - beganTick).isLessThan(Duration.ofSeconds(10).toNanos());
    }

    @Test
    void aFullRedisLetsNobodyIn() throws Exception {
        start("--maxmemory", "1", "--maxmemory-policy", "noeviction");

        assertThat(refusal(box(PATIENCE), fresh())).isEqualTo(Refusal.STORE_AWAY);
    }

    @Test
    void aRedisThatThrowsKeysOutIsNotTrusted() throws Exception {
        start("--maxmemory", "100mb", "--maxmemory-policy", "allkeys-lru");

        assertThat(refusal(box(PATIENCE), fresh())).isEqualTo(Refusal.STORE_AWAY);
    }

    @Test
    void whatAnEarlierRedisKnewIsNotForgottenButRefused() throws Exception {
        Process server = start();
        RedisNonces one = box(PATIENCE);
        long nonce = Time.SYSTEM.epochNanos();
        one.look();
        end(server);
        start();

        assertThat(refusal(box(PATIENCE), nonce)).isEqualTo(Refusal.TIME_BEFORE_FENCE);
    }

    @Test
    void aPasswordIsAskedForAndGiven() throws Exception {
        start("--requirepass", "clay");

        box(PATIENCE, "clay").use(MINER, ALICE, fresh());
        assertThat(refusal(box(PATIENCE, "sand"), fresh())).isEqualTo(Refusal.STORE_AWAY);
        assertThat(refusal(box(PATIENCE), fresh())).isEqualTo(Refusal.STORE_AWAY);
    }

    @Test
    void whatIsNoRedisIsNotBelieved() throws Exception {
        try (var server = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            Thread.ofVirtual()
                    .start(() -> {
                        try (var client = server.accept()) {
                            client.getOutputStream()
                                    .write(
                                            "HTTP/1.1 200 OK\r\n\r\n"
                                                    .getBytes(StandardCharsets.UTF_8));
                            client.getInputStream().read();
                        } catch (IOException e) {
                            throw new UncheckedIOException(e);
                        }
                    });

            assertThat(refusal(box(PATIENCE), fresh())).isEqualTo(Refusal.STORE_AWAY);
        }
    }
}
