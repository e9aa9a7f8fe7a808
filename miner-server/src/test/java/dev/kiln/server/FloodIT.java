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
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// As much as the box can send, signed and not, to a lane that answers ten calls a second, while half bodies in a known
/// caller's name lie on every connection that may be open; over real HTTP.
@Timeout(value = 180, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class FloodIT {
    private static final String MODEL = "embedded:a";
    private static final Duration RUN = Duration.ofMillis(100);
    private static final int SECONDS = 5;
    private static final byte[] BODY = "{\"input\":\"abc\"}".getBytes(StandardCharsets.UTF_8);
    private static final long SLOWEST_PAGE_NANOS = 250_000_000;

    /// As many as connections may be open, and how soon another one follows.
    private static final int HALVES = 1_024;

    private static final long BETWEEN_HALVES_NANOS = 5_000_000;

    /// The usual page is so much sooner there than the slowest.
    private static final int USUAL = 5;

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

    /// Opens one more connection with half a body, and gives up the oldest.
    private void halfABody(Deque<RawHttp> crowd) throws Exception {
        List<Header> headers =
                new ArrayList<>(
                        signer.sign("POST", Rig.EMBEDDINGS, BODY, miner.who().miner().hotkey())
                                .headers());
        headers.add(new Header("Content-Length", Integer.toString(BODY.length)));
        var http = new RawHttp(miner.port());
        crowd.addLast(http);
        http.send("POST", Rig.EMBEDDINGS, headers, new byte[0]);
        http.send("{");
        if (crowd.size() > HALVES) {
            crowd.removeFirst().close();
        }
    }

    private int renew(Deque<RawHttp> crowd, long untilTick) throws Exception {
        int renewed = 0;
        for (; System.nanoTime() - untilTick < 0; renewed++) {
            halfABody(crowd);
            LockSupport.parkNanos(BETWEEN_HALVES_NANOS);
        }
        for (RawHttp http : crowd) {
            http.close();
        }
        return renewed;
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

        Deque<RawHttp> crowd = new ArrayDeque<>();
        for (int i = 0; i < HALVES; i++) {
            halfABody(crowd);
        }
        long until = System.nanoTime() + SECONDS * 1_000_000_000L;
        List<Future<List<Seen>>> honest = new ArrayList<>();
        List<Future<List<Seen>>> strangers = new ArrayList<>();
        for (int i = 0; i < 24; i++) {
            honest.add(threads.submit(() -> again(this::signed, until)));
        }
        for (int i = 0; i < 8; i++) {
            strangers.add(threads.submit(() -> again(this::unsigned, until)));
        }
        Future<Integer> renewed = threads.submit(() -> renew(crowd, until));
        List<Seen> pages = again(this::page, until);
        List<Seen> calls = all(honest);
        List<Seen> noise = all(strangers);

        assertThat(renewed.get()).isPositive();
        double capacity = SECONDS * 1e9 / RUN.toNanos();
        assertThat((double) calls.size() + noise.size()).isGreaterThan(10 * capacity);
        assertThat(pages).hasSizeGreaterThan(10).allMatch(page -> page.status() == 200);
        assertThat(percentile(pages, 200, 0.99)).isLessThan(bound);
        assertThat(percentile(pages, 200, 0.5)).isLessThan(bound / USUAL);
        // 408: let in before the lane had seen how long a run takes.
        assertThat(calls).allMatch(call -> List.of(200, 408, 429).contains(call.status()));
        assertThat(calls.stream().filter(call -> call.status() == 200).count())
                .isGreaterThan((long) (capacity / 4));
        assertThat(percentile(calls, 429, 0.5)).isLessThan(bound);
        assertThat(noise).allMatch(call -> call.status() == 401);
        assertThat(percentile(noise, 401, 0.5)).isLessThan(bound);
    }
}
