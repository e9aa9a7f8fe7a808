package dev.kiln.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.bittensor.keys.Keyfile;
import dev.kiln.bittensor.wire.RequestSigner;
import dev.kiln.core.Header;
import dev.kiln.core.Time;
import dev.kiln.server.config.ConfigSource;
import dev.kiln.server.config.Home;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// As many connections as may be open, each with half a body in a known caller's name, over real HTTP.
@Timeout(value = 180, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class CrowdIT {
    private static final String MODEL = "embedded:a";
    private static final byte[] BODY = "{\"input\":\"abc\"}".getBytes(StandardCharsets.UTF_8);

    @TempDir private Path home = Path.of("");

    private final FakeModels models = new FakeModels();
    private final CountDownLatch end = new CountDownLatch(1);
    private final List<RawHttp> crowd = new ArrayList<>();
    private final List<Miner> started = new ArrayList<>();

    /// Bodies have so long that no half one is gone by itself while a test runs.
    private void start(String... more) throws Exception {
        List<String> sets = new ArrayList<>(List.of(more));
        sets.addAll(
                List.of(
                        "server.port=0",
                        "limits.body-time=120s",
                        "models[0].source=" + MODEL,
                        "models[0].engine-threads=1",
                        "routes[0].deadline=120s"));
        models.of(MODEL);
        started.add(Miner.start(new ConfigSource(Optional.empty(), sets), new Home(home), models));
        miner().awaitReady();
    }

    private Miner miner() {
        return started.getLast();
    }

    private List<Header> signed(byte[] body) throws Exception {
        var signer =
                new RequestSigner(Keyfile.read(new Home(home).developmentValidator()), Time.SYSTEM);
        return signer.sign("POST", Rig.EMBEDDINGS, body, miner().who().miner().hotkey()).headers();
    }

    @AfterEach
    void stop() throws Exception {
        end.countDown();
        for (RawHttp one : crowd) {
            one.close();
        }
        assertThat(miner().drain()).isTrue();
    }

    /// The head of a signed call, and one byte of the body that it promises.
    private void halfABody(int promised) throws Exception {
        var head = new StringBuilder("POST " + Rig.EMBEDDINGS + " HTTP/1.1\r\nHost: kiln\r\n");
        for (Header header : signed(BODY)) {
            head.append(header.name() + ": " + header.value() + "\r\n");
        }
        var http = new RawHttp(miner().port());
        crowd.add(http);
        http.send(head + "Content-Length: " + promised + "\r\n\r\n{");
    }

    private void gather(int halves) throws Exception {
        for (int i = 0; i < halves; i++) {
            halfABody(BODY.length);
        }
    }

    private int call() throws Exception {
        return callWith(BODY);
    }

    private int callWith(byte[] body) throws Exception {
        return RawHttp.ask(miner().port(), "POST", Rig.EMBEDDINGS, signed(body), body).status();
    }

    private int page(String path) throws Exception {
        return RawHttp.ask(miner().port(), "GET", path, List.of(), new byte[0]).status();
    }

    private double metric(String name) throws Exception {
        String page =
                new String(
                        RawHttp.ask(miner().port(), "GET", "/metrics", List.of(), new byte[0])
                                .body(),
                        StandardCharsets.UTF_8);
        return Pattern.compile("(?m)^" + name + " ([0-9.E]+)$")
                .matcher(page)
                .results()
                .map((MatchResult found) -> Double.parseDouble(found.group(1)))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void halfBodiesOnEveryConnectionShutNobodyOut() throws Exception {
        start("limits.connections=64");
        gather(64);

        List<RawHttp> honest = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            honest.add(new RawHttp(miner().port()));
            crowd.add(honest.getLast());
            honest.getLast().send("GET", "/livez", List.of(), new byte[0]);
            assertThat(honest.getLast().answer().status()).isEqualTo(200);
        }
        for (RawHttp one : honest) {
            one.send("POST", Rig.EMBEDDINGS, signed(BODY), BODY);
            assertThat(one.answer().status()).isEqualTo(200);
        }
        assertThat(metric("kiln_connections_evicted")).isGreaterThan(40 - 1);
    }

    @Test
    void nobodyIsShutOutWhileTheHalfBodiesAreRenewed() throws Exception {
        start("limits.connections=64");
        gather(64);

        for (int i = 0; i < 20; i++) {
            gather(16);
            assertThat(page("/livez")).isEqualTo(200);
            assertThat(call()).isEqualTo(200);
        }
        assertThat(metric("kiln_connections_evicted")).isGreaterThan(16 * 20 - 1);
    }

    @Test
    void moreHalfBodiesThanConnectionsByDefaultShutNobodyOut() throws Exception {
        start();
        gather(2_640);

        assertThat(page("/livez")).isEqualTo(200);
        assertThat(call()).isEqualTo(200);
        assertThat(metric("kiln_connections_evicted")).isGreaterThan(2_640 - 2_560 - 1);
    }

    @Test
    void aCallInTheLaneKeepsItsConnectionUnderTheCrowd() throws Exception {
        start("limits.connections=64");
        models.of(MODEL).hangsUntil = end;
        try (var caller = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Integer> early = caller.submit(this::call);
            while (metric("kiln_inside") < 1) {
                LockSupport.parkNanos(5_000_000);
            }
            gather(200);
            assertThat(page("/livez")).isEqualTo(200);
            end.countDown();

            assertThat(early.get()).isEqualTo(200);
        }
    }

    @Test
    void aCallersRefusalThatIsHeldBackKeepsItsConnectionUnderTheCrowd() throws Exception {
        start("limits.connections=64", "limits.refusals-per-caller=1");
        byte[] unfit = "{\"input\":7}".getBytes(StandardCharsets.UTF_8);
        gather(10);
        assertThat(callWith(unfit)).isEqualTo(400);
        try (var caller = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Integer> held = caller.submit(() -> callWith(unfit));
            while (metric("kiln_refusals_slowed") < 1) {
                LockSupport.parkNanos(5_000_000);
            }
            gather(60);

            assertThat(held.get()).isEqualTo(400);
        }
        assertThat(metric("kiln_connections_evicted")).isPositive();
    }

    @Test
    void halfBodiesThatHadToGoHoldNothing() throws Exception {
        start("limits.connections=16", "limits.bodies=1MiB");
        byte[] most = new byte[16 << 10];
        for (int i = 0; i < 100; i++) {
            halfABody(most.length + 2);
            crowd.getLast().send(most);
        }

        byte[] longer = Arrays.copyOf(BODY, 3 * most.length);
        Arrays.fill(longer, BODY.length, longer.length, (byte) ' ');
        assertThat(callWith(longer)).isEqualTo(200);
    }
}
