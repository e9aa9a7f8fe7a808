package dev.kiln.bittensor.wire;

import dev.kiln.core.Asserted;
import dev.kiln.core.Header;
import dev.kiln.core.Refused;
import dev.kiln.core.RequestHead;
import dev.kiln.core.Route;
import dev.kiln.core.Stages;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
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
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.util.ListStatistics;

/// What one request costs beside its model: every gate, the answer's headers and its receipt. The same body is sent in
/// every dialect.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class WireBenchmark {
    private static final int ROUNDS = 3;
    private static final String PATH = "/TextEmbedding";
    private static final HashFields HASHED = HashFields.parse("texts list[str]");
    private static final byte[] ANSWER = new byte[4096];
    private static final Asserted ASSERTED =
            new Asserted("application/json", Optional.empty(), 0, Stages.NONE);
    private static final Route ROUTE =
            new Route(
                    PATH,
                    "task",
                    1 << 20,
                    Duration.ofSeconds(10),
                    true,
                    Route.AnswerShape.KILN_1,
                    Set.of(),
                    true);

    @Param({"btauth", "axon", "axon-hashed"})
    public String dialect = "";

    private final HandClock clock = new HandClock(Cast.NOON);
    private final Gates gates = gates(HashFields.NONE);
    private final Gates hashing = gates(HASHED);
    private final RequestSigner btauth = new RequestSigner(Cast.ALICE, clock);
    private final AxonRequestSigner axon = new AxonRequestSigner(Cast.ALICE, "192.0.2.1", clock);
    private final byte[] body = signAxon(HashFields.NONE).body();
    private AxonRequestSigner.Signed asked = signBtauth();

    private Gates gates(HashFields hashed) {
        return Cast.axonGates(Map.of(PATH, hashed), () -> Cast.ROSTER, clock);
    }

    private AxonRequestSigner.Signed signAxon(HashFields hashed) {
        clock.pass(Duration.ofNanos(1000));
        var synapse =
                new AxonRequestSigner.Synapse(
                        "TextEmbedding",
                        Map.of("texts", List.of("The dough must rest.", "Let it stand.")),
                        Map.of(),
                        hashed,
                        Duration.ofSeconds(12));
        return axon.sign(
                synapse, new AxonRequestSigner.Miner(Cast.BOB.hotkey(), "127.0.0.1", 8091));
    }

    /// A fresh request for every call; signing it is not measured, which JMH does well from some 100 us upwards.
    @Setup(Level.Invocation)
    public void sign() {
        asked =
                switch (dialect) {
                    case "axon" -> signAxon(HashFields.NONE);
                    case "axon-hashed" -> signAxon(HASHED);
                    default -> signBtauth();
                };
    }

    private AxonRequestSigner.Signed signBtauth() {
        clock.pass(Duration.ofNanos(1000));
        return new AxonRequestSigner.Signed(
                btauth.sign("POST", PATH, body, Cast.BOB.hotkey()), body);
    }

    @Benchmark
    public List<Header> verifyAndSeal() throws Refused {
        Gates by = dialect.equals("axon-hashed") ? hashing : gates;
        var head =
                new RequestHead(
                        "POST",
                        PATH,
                        asked.request().headers(),
                        "192.0.2.1",
                        clock.epochNanos(),
                        clock.tick());
        return Cast.pass(by, head, ROUTE, asked.body()).seal().seal(200, ANSWER, ASSERTED);
    }

    /// Runs the dialects in turn, a fresh JVM each, [#ROUNDS] times over, and prints medians and ratios.
    public static void main(String[] args) throws RunnerException {
        Map<String, ListStatistics> all = new TreeMap<>();
        for (int round = 0; round < ROUNDS; round++) {
            for (RunResult result : round()) {
                String name = result.getParams().getParam("dialect");
                ListStatistics samples = all.computeIfAbsent(name, _ -> new ListStatistics());
                result.getBenchmarkResults().stream()
                        .flatMap(fork -> fork.getIterationResults().stream())
                        .forEach(i -> samples.addValue(i.getPrimaryResult().getScore()));
            }
        }
        all.forEach((name, samples) ->
                System.out.printf(
                        Locale.ROOT,
                        "%-12s %7.1f us median, %.2f of btauth%n",
                        name,
                        samples.getPercentile(50),
                        samples.getPercentile(50) / median(all, "btauth")));
    }

    private static double median(Map<String, ListStatistics> all, String name) {
        ListStatistics statistics = all.get(name);
        return statistics == null ? Double.NaN : statistics.getPercentile(50);
    }

    private static Collection<RunResult> round() throws RunnerException {
        return new Runner(
                        new OptionsBuilder()
                                .include(WireBenchmark.class.getName())
                                .forks(1)
                                .threads(1)
                                .warmupIterations(8)
                                .warmupTime(TimeValue.seconds(1))
                                .measurementIterations(5)
                                .measurementTime(TimeValue.seconds(1))
                                .build())
                .run();
    }
}
