package dev.kiln.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.server.config.ConfigSource;
import dev.kiln.server.config.Home;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Clients who send request after request and wait for no reply.
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class PipelineIT {
    private static final int CLIENTS = 24;

    /// What each sends at most, more than the network takes.
    private static final int MOST = 16 << 20;

    /// So long nothing more is taken once all is full.
    private static final Duration STILL = Duration.ofSeconds(1);

    /// Of parsed requests, from all of them.
    private static final long HELD = 8L << 20;

    private static final byte[] REQUEST =
            "GET /none HTTP/1.1\r\nHost: junk\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    @TempDir private Path home = Path.of("");

    private final List<SocketChannel> clients = new ArrayList<>();
    private Miner miner;

    @BeforeEach
    void start() throws Exception {
        var models = new FakeModels();
        models.of("embedded:a");
        var sets =
                List.of(
                        "server.port=0",
                        "models[0].source=embedded:a",
                        "limits.refusals-per-second=20");
        miner = Miner.start(new ConfigSource(Optional.empty(), sets), new Home(home), models);
        miner.awaitReady();
    }

    @AfterEach
    void stop() throws Exception {
        for (SocketChannel client : clients) {
            client.close();
        }
        miner.drain();
    }

    private static ByteBuffer many() {
        ByteBuffer all = ByteBuffer.allocateDirect(MOST / REQUEST.length * REQUEST.length);
        while (all.hasRemaining()) {
            all.put(REQUEST);
        }
        return all.flip();
    }

    /// Sends until nothing more is taken.
    private static void press(List<SocketChannel> clients, ByteBuffer all) throws IOException {
        List<ByteBuffer> left = clients.stream().map(_ -> all.duplicate()).toList();
        long lastTick = System.nanoTime();
        while (System.nanoTime() - lastTick < STILL.toNanos()) {
            for (int i = 0; i < left.size(); i++) {
                if (clients.get(i).write(left.get(i)) > 0) {
                    lastTick = System.nanoTime();
                }
            }
            LockSupport.parkNanos(1_000_000);
        }
        left.forEach(rest -> assertThat(rest.hasRemaining()).isTrue());
    }

    private static long used() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    @Test
    void littleIsHeldOfWhatIsSentWithoutWaiting() throws Exception {
        ByteBuffer all = many();
        RawHttp.ask(miner.port(), "GET", "/livez", List.of(), new byte[0]);
        long before = used();
        for (int i = 0; i < CLIENTS; i++) {
            SocketChannel client =
                    SocketChannel.open(
                            new InetSocketAddress(InetAddress.getLoopbackAddress(), miner.port()));
            client.configureBlocking(false);
            clients.add(client);
        }
        press(clients, all);

        long held = used() - before;
        assertThat(held).isLessThan(HELD);
        assertThat(RawHttp.ask(miner.port(), "GET", "/livez", List.of(), new byte[0]).status())
                .isEqualTo(200);
    }
}
