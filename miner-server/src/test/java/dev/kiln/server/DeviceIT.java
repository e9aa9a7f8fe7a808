package dev.kiln.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.kiln.bittensor.keys.KeyPair;
import dev.kiln.bittensor.keys.Keyfile;
import dev.kiln.bittensor.wire.Answer;
import dev.kiln.bittensor.wire.AnswerCheck;
import dev.kiln.bittensor.wire.Receipt;
import dev.kiln.bittensor.wire.RequestSigner;
import dev.kiln.bittensor.wire.SignedRequest;
import dev.kiln.core.Scheme;
import dev.kiln.core.Time;
import dev.kiln.server.cli.RunningPage;
import dev.kiln.server.config.ConfigSource;
import dev.kiln.server.config.Home;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A device that is not what was promised, or goes away, as everybody who looks sees it. The GPU is a fake, the rest is
/// the server as it is.
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class DeviceIT {
    private static final String SOURCE = "embedded:a";
    private static final long SEEN_WITHIN_MILLIS = 1000;

    @TempDir private Path home = Path.of("");

    private final FakeModels models = new FakeModels();
    private final List<Miner> started = new ArrayList<>();
    private final List<String> log = new CopyOnWriteArrayList<>();
    private final Logger logger = Logger.getLogger("dev.kiln");
    private final Handler collector =
            new Handler() {
                @Override
                public void publish(LogRecord entry) {
                    log.add(String.valueOf(entry.getMessage()));
                }

                @Override
                public void flush() {}

                @Override
                public void close() {}
            };

    @BeforeEach
    void listen() {
        logger.addHandler(collector);
    }

    @AfterEach
    void stop() throws Exception {
        logger.removeHandler(collector);
        for (Miner miner : started) {
            miner.drain();
        }
    }

    private Miner start(String device, String... more) throws Exception {
        List<String> sets = new ArrayList<>(List.of(more));
        sets.add("server.port=0");
        sets.add("models[0].source=" + SOURCE);
        sets.add("models[0].name=m");
        sets.add("models[0].device=" + device);
        sets.add("models[0].engine-threads=1");
        Miner miner = Miner.start(new ConfigSource(Optional.empty(), sets), new Home(home), models);
        started.add(miner);
        miner.awaitReady();
        return miner;
    }

    private static String page(Miner miner, String path) throws Exception {
        Answer page = RawHttp.ask(miner.port(), "GET", path, List.of(), new byte[0]);
        return new String(page.body(), StandardCharsets.UTF_8);
    }

    private static JsonNode ready(Miner miner) throws Exception {
        return new JsonMapper().readTree(page(miner, "/readyz"));
    }

    /// A call of a validator that sees everything.
    private Receipt call(Miner miner) throws Exception {
        KeyPair validator = Keyfile.read(new Home(home).developmentValidator());
        byte[] body = "{\"input\":\"abc\"}".getBytes(StandardCharsets.UTF_8);
        SignedRequest request =
                new RequestSigner(validator, Time.SYSTEM)
                        .sign("POST", Rig.EMBEDDINGS, body, miner.who().miner().hotkey());
        Answer answer = RawHttp.ask(miner.port(), "POST", Rig.EMBEDDINGS, request.headers(), body);
        return new AnswerCheck(miner.who().miner().hotkey(), Scheme.SR25519)
                .check(request, answer, Time.SYSTEM.epochNanos());
    }

    @Test
    void aGpuThatComputesIsNamedInAllPlaces() throws Exception {
        Miner miner = start("cuda:0");

        JsonNode page = ready(miner);
        assertThat(page.path("state").asText()).isEqualTo("ready");
        assertThat(page.at("/models/0/device").toString())
                .isEqualTo(
                        "{\"requested\":\"cuda:0\",\"active\":\"cuda:0\",\"proved\":\"cuda:0\",\"percent\":97,\"fell_back\":false}");
        assertThat(page(miner, "/metrics"))
                .contains(
                        "kiln_model_device{active=\"cuda:0\",model=\"m\",proved=\"cuda:0\",requested=\"cuda:0\"} 1",
                        "kiln_model_fallback{model=\"m\"} 0",
                        "kiln_model_device_nodes_percent{model=\"m\"} 97");
        assertThat(log)
                .contains(
                        "model m: device requested cuda:0, active cuda:0, 97 % of its nodes, proved cuda:0");
        Receipt receipt = call(miner);
        assertThat(receipt.text("device_active")).contains("cuda:0");
        assertThat(receipt.asserted()).containsEntry("device_nodes_percent", 97L);
        assertThat(RunningPage.of(miner.port()))
                .containsExactly(
                        "ok ready: m serving, device requested cuda:0, active cuda:0, proved cuda:0");
    }

    @Test
    void aLostGpuIsSeenInAllPlacesWithinASecond() throws Exception {
        long best = Long.MAX_VALUE;
        long look = Long.MAX_VALUE;
        for (int i = 0; i < 5 && best >= SEEN_WITHIN_MILLIS; i++) {
            models.of(SOURCE).losesItsGpu = false;
            Miner miner = start("cuda:0");
            call(miner);
            look = Math.min(look, millis(() -> lookEverywhere(miner)));
            best = Math.min(best, millis(() -> losesItsGpu(miner)));
            assertThat(ready(miner).at("/models/0/device/active").asText()).isEqualTo("cpu");
            miner.drain();
            started.remove(miner);
        }
        System.out.printf(
                "lost GPU seen in all five places after %d ms, of which looking took %d%n",
                best, look);
        // Where looking alone takes half of the second, the machine is no measure.
        assertThat(best)
                .isLessThan(look < SEEN_WITHIN_MILLIS / 2 ? SEEN_WITHIN_MILLIS : 5 * look + 5000);
    }

    private static long millis(Callable<?> what) throws Exception {
        long beganTick = System.nanoTime();
        what.call();
        return (System.nanoTime() - beganTick) / 1_000_000;
    }

    private Looked lookEverywhere(Miner miner) throws Exception {
        return new Looked(
                ready(miner),
                page(miner, "/metrics"),
                List.copyOf(log),
                RunningPage.of(miner.port()),
                call(miner));
    }

    /// What the five places show: `/readyz`, metrics, log, doctor and receipts.
    private record Looked(
            JsonNode ready,
            String metrics,
            List<String> log,
            List<String> doctor,
            Receipt receipt) {}

    /// Nobody calls before it is found: the golden batch alone finds it.
    private Looked losesItsGpu(Miner miner) throws Exception {
        log.clear();
        models.of(SOURCE).losesItsGpu = true;
        while (!ready(miner).path("state").asText().equals("degraded")
                || !ready(miner).at("/models/0/state").asText().equals("serving")) {
            Thread.onSpinWait();
        }
        Looked seen = lookEverywhere(miner);
        assertThat(seen.ready().at("/models/0/device/active").asText()).isEqualTo("cpu");
        assertThat(seen.ready().at("/models/0/device/fell_back").asBoolean()).isTrue();
        assertThat(seen.metrics())
                .contains(
                        "kiln_model_device{active=\"cpu\",model=\"m\",proved=\"cpu\",requested=\"cuda:0\"} 1",
                        "kiln_model_fallback{model=\"m\"} 1")
                .doesNotContain("active=\"cuda:0\"");
        assertThat(seen.log())
                .anyMatch(line ->
                        line.startsWith("model m: device requested cuda:0, active cpu")
                                && line.contains("degraded: cuda:0 was lost under it"));
        assertThat(seen.doctor())
                .containsExactly(
                        "fail degraded: m serving, device requested cuda:0, active cpu, proved cpu");
        assertThat(seen.receipt().text("device_requested")).contains("cuda:0");
        assertThat(seen.receipt().text("device_active")).contains("cpu");
        return seen;
    }

    @Test
    void aFallbackAtTheStartIsDeclaredAndTakesLessIn() throws Exception {
        Miner miner = start("cuda:1", "limits.queued-cost=1000", "limits.queued-cost-fallback=10");

        assertThat(ready(miner).path("state").asText()).isEqualTo("degraded");
        assertThat(ready(miner).path("ready").asBoolean()).isTrue();
        var lane = miner.fleet().posts().getFirst().slot().lane().orElseThrow();
        assertThat(lane.settings().maxQueuedCost()).isEqualTo(10);
    }

    @Test
    void whoRequiresAGpuGetsNoOther() throws Exception {
        assertThatThrownBy(() -> start("cuda:1", "models[0].require-gpu=true"))
                .isInstanceOf(StartFailed.class)
                .hasMessageContaining("no such GPU");

        Miner miner = start("cuda:0", "models[0].require-gpu=true");
        models.of(SOURCE).losesItsGpu = true;
        while (!ready(miner).path("state").asText().equals("model_down")) {
            Thread.onSpinWait();
        }
        assertThat(ready(miner).at("/models/0/device/active").asText()).isEqualTo("none");
        assertThat(page(miner, "/metrics")).contains("active=\"none\"");
    }

    @Test
    void measuredCapacityIsWithdrawnWhileTheDeviceIsNotTheOneMeasured() throws Exception {
        Path file =
                Files.writeString(
                        home.resolve("capacity.json"),
                        "{\"schema\":\"kiln-capacity/1\",\"requests_per_s\":300,\"device_proved\":\"cuda:0\"}");
        Miner miner = start("cuda:0", "capacity.file=" + file);
        assertThat(capacity(miner).path("requests_per_s").asInt()).isEqualTo(300);

        models.of(SOURCE).losesItsGpu = true;
        while (!ready(miner).at("/models/0/device/fell_back").asBoolean()) {
            Thread.onSpinWait();
        }

        assertThat(capacity(miner).path("requests_per_s").asInt()).isZero();
        assertThat(capacity(miner).path("void").asText()).contains("another device");
    }

    private JsonNode capacity(Miner miner) throws Exception {
        KeyPair validator = Keyfile.read(new Home(home).developmentValidator());
        SignedRequest request =
                new RequestSigner(validator, Time.SYSTEM)
                        .sign("GET", "/v1/capacity", new byte[0], miner.who().miner().hotkey());
        Answer answer =
                RawHttp.ask(miner.port(), "GET", "/v1/capacity", request.headers(), new byte[0]);
        return Rig.json(answer);
    }

    @Test
    void theModelThatAnswersProvesItselfAgainAndAgain() throws Exception {
        Miner miner = start("cpu", "limits.prove-every=200ms");

        while (ready(miner).at("/models/0/proof/passed").asInt() < 3) {
            Thread.onSpinWait();
        }
        assertThat(ready(miner).at("/models/0/proof/took_us").asLong()).isPositive();
        assertThat(page(miner, "/metrics"))
                .containsPattern("kiln_proofs_total\\{model=\"m\"\\} [1-9]");

        models.of(SOURCE).failsItsSamples = true;
        while (ready(miner).path("state").asText().equals("ready")) {
            Thread.onSpinWait();
        }
        while (log.stream().noneMatch(line -> line.contains("its golden samples fail while"))) {
            Thread.onSpinWait();
        }
    }
}
