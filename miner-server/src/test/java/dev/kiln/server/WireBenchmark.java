package dev.kiln.server;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.kiln.bittensor.keys.KeyPair;
import dev.kiln.bittensor.wire.ApiKeys;
import dev.kiln.bittensor.wire.AxonRequestSigner;
import dev.kiln.bittensor.wire.Gates;
import dev.kiln.bittensor.wire.HashFields;
import dev.kiln.bittensor.wire.ReplayGuard;
import dev.kiln.bittensor.wire.RequestSigner;
import dev.kiln.bittensor.wire.SignedRequest;
import dev.kiln.core.Asserted;
import dev.kiln.core.Call;
import dev.kiln.core.Header;
import dev.kiln.core.Refused;
import dev.kiln.core.Reply;
import dev.kiln.core.RequestHead;
import dev.kiln.core.Roster;
import dev.kiln.core.Route;
import dev.kiln.core.Scheme;
import dev.kiln.core.Stages;
import dev.kiln.core.Task;
import dev.kiln.core.Time;
import dev.kiln.core.model.ModelInfo;
import dev.kiln.core.model.ModelOutput;
import dev.kiln.core.model.Purpose;
import dev.kiln.server.task.EmbeddingsTask;
import dev.kiln.server.task.Setting;
import dev.kiln.server.task.SynapseEmbeddingsTask;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/// What one request costs beside its model, in each dialect: every gate, reading the body, writing the answer's body and
/// headers, the receipt. All bodies have the same size, and all vectors are empty, so that what dialects share hides nothing.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class WireBenchmark {
    /// Calls of one dialect before the next has its turn.
    private static final int SLICE = 200;

    /// Slices of each dialect that are not counted; C2 has settled after some 20,000 calls of each.
    private static final int WARM_UP = 200;

    private static final int ROUNDS = 200;
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
    private static final String SYNAPSE = "/TextEmbedding";
    private static final String HASHED = "/HashedEmbedding";
    private static final HashFields FIELDS = HashFields.parse("texts list[str]");
    private static final List<String> TEXTS = List.of("The dough must rest.", "Let it stand.");
    private static final KeyPair CALLER = SynapseRig.key("//Alice");
    private static final KeyPair MINER = SynapseRig.key("//Bob");
    private static final List<ModelOutput> OUTPUTS =
            Collections.nCopies(TEXTS.size(), new ModelOutput.Embedding(new float[0], 5, false));
    private static final ModelInfo MODEL =
            new ModelInfo(
                    "minilm",
                    "00".repeat(32),
                    "none",
                    new Purpose.TextEmbedding(0),
                    new ModelInfo.Device("cpu", "cpu", "cpu"));

    @Param({"btauth", "axon", "axon-hashed"})
    public String dialect = "";

    private final Task openAi = new EmbeddingsTask(setting("embeddings"));
    private final Task synapse =
            new SynapseEmbeddingsTask(
                    setting("TextEmbedding"),
                    new SynapseEmbeddingsTask.Names("texts", "embeddings"));
    private final Gates gates = gates();
    private final RequestSigner btauth = new RequestSigner(CALLER, Time.SYSTEM);
    private final AxonRequestSigner axon = new AxonRequestSigner(CALLER, "192.0.2.1", Time.SYSTEM);
    private byte[] openAiBody = {};
    private AxonRequestSigner.Signed asked = signAxon("TextEmbedding", HashFields.NONE);

    private static Setting setting(String name) {
        var limits = new Setting.Limits(16, 1000, 1, 1, Duration.ofSeconds(1));
        return new Setting(name, "/", () -> List.of(MODEL), _ -> true, limits, Time.SYSTEM);
    }

    private static Gates gates() {
        var member =
                new Roster.Member(CALLER.hotkey(), Scheme.SR25519, 1, true, Roster.Sees.MINIMAL);
        var roster = new Roster(Map.of(CALLER.hotkey(), member), Instant.EPOCH);
        var limits = ReplayGuard.Limits.of(Duration.ofSeconds(10), Duration.ofSeconds(2));
        return new Gates(
                Gates.Settings.DEFAULTS,
                new Gates.Parts(
                        MINER,
                        () -> roster,
                        ApiKeys.NONE,
                        ReplayGuard.inMemory(true, limits, Time.SYSTEM),
                        Map.of(SYNAPSE, HashFields.NONE, HASHED, FIELDS)),
                Time.SYSTEM);
    }

    private AxonRequestSigner.Signed signAxon(String name, HashFields hashed) {
        var question =
                new AxonRequestSigner.Synapse(
                        name, Map.of("texts", TEXTS), Map.of(), hashed, Duration.ofSeconds(12));
        return axon.sign(question, new AxonRequestSigner.Miner(MINER.hotkey(), "127.0.0.1", 8091));
    }

    private AxonRequestSigner.Signed signBtauth() {
        return new AxonRequestSigner.Signed(
                btauth.sign("POST", Rig.EMBEDDINGS, openAiBody, MINER.hotkey()), openAiBody);
    }

    /// The question in OpenAI's shape, as long as the synapse's.
    @Setup
    public void fill() {
        String body = "{\"model\":\"minilm\",\"input\":[\"%s\",\"%s\"],\"user\":\"%s\"}";
        String bare = body.formatted(TEXTS.get(0), TEXTS.get(1), "");
        String rest = "x".repeat(asked.body().length - bare.length());
        openAiBody = body.formatted(TEXTS.get(0), TEXTS.get(1), rest).getBytes(US_ASCII);
    }

    /// A fresh request for every call; signing it is not measured, which JMH does well from some 100 us upwards.
    @Setup(Level.Invocation)
    public void sign() {
        asked =
                switch (dialect) {
                    case "axon" -> signAxon("TextEmbedding", HashFields.NONE);
                    case "axon-hashed" -> signAxon("HashedEmbedding", FIELDS);
                    default -> signBtauth();
                };
    }

    private static Route route(String path) {
        return new Route(
                path,
                "task",
                1 << 20,
                Duration.ofSeconds(10),
                true,
                Route.AnswerShape.KILN_1,
                Set.of(),
                true);
    }

    /// The straight line without its lane.
    @Benchmark
    public Reply answer() throws Refused, InterruptedException {
        SignedRequest request = asked.request();
        var head =
                new RequestHead(
                        "POST",
                        request.target(),
                        request.headers(),
                        "192.0.2.1",
                        Time.SYSTEM.epochNanos(),
                        Time.SYSTEM.tick());
        Call call = gates.verify(gates.screen(head, route(request.target())), asked.body());
        Task task = dialect.equals("btauth") ? openAi : synapse;
        Reply reply = task.decode(new Task.Asked(call.caller(), head, call.body())).encode(OUTPUTS);
        var asserted =
                new Asserted(reply.contentType(), Optional.of(MODEL), 2, new Stages(1, 2, 3, 4, 5));
        List<Header> sealed = call.seal().seal(reply.status(), reply.body(), asserted);
        return reply.with(sealed);
    }

    /// One dialect, measured in slices that alternate with those of the others.
    private static final class Lane {
        private final WireBenchmark of = new WireBenchmark();
        private final List<AxonRequestSigner.Signed> ready = new ArrayList<>();
        private final List<Double> micros = new ArrayList<>();

        Lane(String dialect) {
            of.dialect = dialect;
            of.fill();
        }

        /// Processor time of one call in a slice; signing the requests is not in it.
        double slice() throws Refused, InterruptedException {
            ready.clear();
            for (int i = 0; i < SLICE; i++) {
                of.sign();
                ready.add(of.asked);
            }
            long began = THREADS.getCurrentThreadCpuTime();
            long bytes = 0;
            for (AxonRequestSigner.Signed each : ready) {
                of.asked = each;
                bytes += of.answer().body().length;
            }
            long took = THREADS.getCurrentThreadCpuTime() - began;
            if (bytes == 0) {
                throw new IllegalStateException("an answer has a body");
            }
            return took / 1e3 / SLICE;
        }
    }

    /// `--jmh` lets JMH measure each dialect in a JVM of its own, by the clock on the wall. Without it, all three run in
    /// one, in alternating slices of processor time, so that another load on the machine meets all alike.
    public static void main(String[] args) throws Exception {
        if (List.of(args).contains("--jmh")) {
            new Runner(
                            new OptionsBuilder()
                                    .include(WireBenchmark.class.getName())
                                    .forks(3)
                                    .warmupIterations(10)
                                    .warmupTime(TimeValue.seconds(1))
                                    .measurementIterations(5)
                                    .measurementTime(TimeValue.seconds(1))
                                    .build())
                    .run();
            return;
        }
        List<Lane> lanes = List.of(new Lane("btauth"), new Lane("axon"), new Lane("axon-hashed"));
        for (int round = -WARM_UP; round < ROUNDS; round++) {
            for (Lane lane : lanes) {
                double micros = lane.slice();
                if (round >= 0) {
                    lane.micros.add(micros);
                }
            }
        }
        lanes.forEach(lane -> print(lane.of.dialect, lane.micros, lanes.getFirst().micros));
    }

    private static void print(String name, List<Double> micros, List<Double> standard) {
        List<Double> ratios = new ArrayList<>();
        for (int i = 0; i < micros.size(); i++) {
            ratios.add(micros.get(i) / standard.get(i));
        }
        System.out.printf(
                Locale.ROOT,
                "%-12s %6.1f us, %.2f of btauth (half of %d rounds within %.2f to %.2f)%n",
                name,
                at(micros, 0.5),
                at(ratios, 0.5),
                ratios.size(),
                at(ratios, 0.25),
                at(ratios, 0.75));
    }

    private static double at(List<Double> values, double share) {
        List<Double> sorted = values.stream().sorted().toList();
        return sorted.get((int) (share * (sorted.size() - 1)));
    }
}
