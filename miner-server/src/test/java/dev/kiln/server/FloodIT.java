package dev.kiln.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.bittensor.keys.Keyfile;
import dev.kiln.bittensor.wire.Answer;
import dev.kiln.bittensor.wire.RequestSigner;
import dev.kiln.core.Header;
import dev.kiln.core.Time;
import dev.kiln.server.config.ConfigSource;
import dev.kiln.server.config.Home;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// As much as the box can send, signed and not, to a lane that answers ten calls a second; over real HTTP.
@Timeout(value = 180, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class FloodIT {
    private static final String MODEL = "embedded:a";
    private static final Duration RUN = Duration.ofMillis(100);
    private static final int SECONDS = 5;
    private static final byte[] BODY = "{\"input\":\"abc\"}".getBytes(StandardCharsets.UTF_8);
    private static final long SLOWEST_PAGE_NANOS = 250_000_000;

    /// On a box that is busy with something else, pages are slow without a flood too.
    private static final int SLOWER_THAN_QUIET = 50;

    @TempDir private Path home = Path.of("");

    private final FakeModels models = new FakeModels();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private Miner miner;
    private RequestSigner signer;

    private record Seen(int status, long nanos) {}

    private interface Request {
        Answer ask() throws Exception;
    }

    @BeforeEach
    void start() throws Exception {
        var sets =
                List.of(
                        "server.port=0",
                        "models[0].source=" + MODEL,
                        "models[0].engine-threads=1",
                        "models[0].batch.max-items=1",
                        "routes[0].deadline=1s");
        models.of(MODEL).takes = RUN;
        miner = Miner.start(new ConfigSource(Optional.empty(), sets), new Home(home), models);
        miner.awaitReady();
        signer =
                new RequestSigner(Keyfile.read(new Home(home).developmentValidator()), Time.SYSTEM);
    }

    @AfterEach
    void stop() throws Exception {
        threads.close();
        miner.drain();
    }

    private Answer signed() throws Exception {
        List<Header> headers =
                signer.sign("POST", Rig.EMBEDDINGS, BODY, miner.who().miner().hotkey()).headers();
        return RawHttp.ask(miner.port(), "POST", Rig.EMBEDDINGS, headers, BODY);
    }

    private Answer unsigned() throws Exception {
        return RawHttp.ask(miner.port(), "POST", Rig.EMBEDDINGS, List.of(), BODY);
    }

    private Answer page() throws Exception {
        return RawHttp.ask(miner.port(), "GET", "/livez", List.of(), new byte[0]);
    }

    /// Asks one after the other until the time is up.
    private static List<Seen> again(Request request, long untilTick) throws Exception {
        List<Seen> seen = new ArrayList<>();
        while (System.nanoTime() - untilTick < 0) {
            long began = System.nanoTime();
            int status = request.ask().status();
            seen.add(new Seen(status, System.nanoTime() - began));
        }
        return seen;
    }

    private static List<Seen> all(List<Future<List<Seen>>> parts) throws Exception {
        List<Seen> all = new ArrayList<>();
        for (Future<List<Seen>> part : parts) {
            all.addAll(part.get());
        }
        return all;
    }

    private static long percentile(List<Seen> seen, int status, double part) {
        List<Long> nanos = new ArrayList<>();
        seen.stream().filter(one -> one.status() == status).forEach(one -> nanos.add(one.nanos()));
        Collections.sort(nanos);
        return nanos.get((int) (part * (nanos.size() - 1)));
    }

    @Test
    void healthIsAnsweredAndRefusalsAreQuickAtTenTimesTheLoad() throws Exception {
        again(this::page, System.nanoTime() + 1_000_000_000L);
        List<Seen> quiet = again(this::page, System.nanoTime() + 1_000_000_000L);
        long bound = Math.max(SLOWEST_PAGE_NANOS, SLOWER_THAN_QUIET * percentile(quiet, 200, 0.5));

        long until = System.nanoTime() + SECONDS * 1_000_000_000L;
        List<Future<List<Seen>>> honest = new ArrayList<>();
        List<Future<List<Seen>>> strangers = new ArrayList<>();
        for (int i = 0; i < 24; i++) {
            honest.add(threads.submit(() -> again(this::signed, until)));
        }
        for (int i = 0; i < 8; i++) {
            strangers.add(threads.submit(() -> again(this::unsigned, until)));
        }
        List<Seen> pages = again(this::page, until);
        List<Seen> calls = all(honest);
        List<Seen> noise = all(strangers);

        double capacity = SECONDS * 1e9 / RUN.toNanos();
        assertThat((double) calls.size() + noise.size()).isGreaterThan(10 * capacity);
        assertThat(pages).hasSizeGreaterThan(10).allMatch(page -> page.status() == 200);
        assertThat(percentile(pages, 200, 0.99)).isLessThan(bound);
        // 408: let in before the lane had seen how long a run takes.
        assertThat(calls).allMatch(call -> List.of(200, 408, 429).contains(call.status()));
        assertThat(calls.stream().filter(call -> call.status() == 200).count())
                .isGreaterThan((long) (capacity / 4));
        assertThat(percentile(calls, 429, 0.5)).isLessThan(bound);
        assertThat(noise).allMatch(call -> call.status() == 401);
        assertThat(percentile(noise, 401, 0.5)).isLessThan(bound);
    }
}
