package dev.kiln.server.metrics;

import dev.kiln.core.Answered;
import dev.kiln.core.Asserted;
import dev.kiln.core.Caller;
import dev.kiln.core.Reply;
import dev.kiln.core.Route;
import dev.kiln.core.Stages;
import dev.kiln.core.Time;
import dev.kiln.core.model.ModelInfo;
import dev.kiln.core.model.Purpose;
import dev.kiln.server.http.CallObserver;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/// What counting one answered call costs: metrics, and with the table of callers and the log of refusals beside them.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class ObserveBenchmark {
    private static final Route ROUTE =
            new Route(
                    "/v2",
                    "open-inference",
                    1000,
                    Duration.ofSeconds(10),
                    true,
                    Route.AnswerShape.KILN_1);
    private static final ModelInfo MODEL =
            new ModelInfo(
                    "minilm",
                    "00".repeat(32),
                    "none",
                    new Purpose.TextEmbedding(0),
                    new ModelInfo.Device("cpu", "cpu", "cpu"));
    private static final Answered ANSWERED =
            new Answered(
                    new Reply(200, "application/json", new byte[100]),
                    Optional.of(new Caller.KeyHolder("bench")),
                    Optional.empty(),
                    "",
                    false,
                    new Asserted(
                            "application/json",
                            Optional.of(MODEL),
                            8,
                            new Stages(3, 12, 40, 5, 90)),
                    10,
                    0);

    private final CallObserver meters = new Meters().calls();
    private final Ledger ledger =
            new Ledger(meters, new CallerTable(), new RefusalLog(10, _ -> {}, Time.SYSTEM));

    @Benchmark
    public void meters() {
        meters.answered(ROUTE, ANSWERED, "127.0.0.1", 200_000);
    }

    @Benchmark
    public void ledger() {
        ledger.answered(ROUTE, ANSWERED, "127.0.0.1", 200_000);
    }

    /// Runs the benchmark on one thread in two fresh processes.
    public static void main(String[] args) throws RunnerException {
        new Runner(
                        new OptionsBuilder()
                                .include(ObserveBenchmark.class.getName())
                                .forks(2)
                                .warmupIterations(3)
                                .warmupTime(TimeValue.seconds(2))
                                .measurementIterations(5)
                                .measurementTime(TimeValue.seconds(2))
                                .build())
                .run();
    }
}
