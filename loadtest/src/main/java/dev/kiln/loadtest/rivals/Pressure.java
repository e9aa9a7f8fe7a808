package dev.kiln.loadtest.rivals;

import dev.kiln.loadtest.bench.CompilePause;
import dev.kiln.loadtest.bench.EchoChild;
import dev.kiln.loadtest.bench.LengthMix;
import dev.kiln.loadtest.bench.Turns;
import dev.kiln.loadtest.drill.MoodyModel;
import dev.kiln.loadtest.miner.Metrics;
import dev.kiln.loadtest.miner.MinerException;
import dev.kiln.loadtest.miner.Pinning;
import dev.kiln.loadtest.quality.Pairs;
import dev.kiln.loadtest.traffic.Arrival;
import dev.kiln.loadtest.traffic.ClosedLoop;
import dev.kiln.loadtest.traffic.Credentials;
import dev.kiln.loadtest.traffic.Latencies;
import dev.kiln.loadtest.traffic.Question;
import dev.kiln.loadtest.traffic.Received;
import dev.kiln.loadtest.traffic.Transport;
import dev.kiln.loadtest.traffic.Validator;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;

/// Kiln alone under pressure: what it adds to a model that costs nothing, what is left of batching's gain, and what
/// [Crowd] and [Fairness] find out.
///
/// **Threads:** confined to one.
public final class Pressure {
    /// What is measured on a miner of its own; in this order.
    public enum Part {
        /// C4, C5, C14: what Kiln adds to a model that costs nothing.
        COSTLESS,
        /// The same model with and without whole slices of a core for the miner's threads.
        SLICES,
        /// C6: a miner that batches beside one that does not.
        BATCHING,
        /// C7 to C9 and C16: one miner, asked by many.
        CROWD,
        /// Callers who ask again at once when refused, and strangers who flood: the same miner.
        FLOODS,
        /// C1: two engine threads.
        THREADS,
        /// C15: three stakes.
        SHARES
    }

    private static final Duration PATIENCE = Duration.ofSeconds(20);
    static final String NUMBERS = "/v2/models/moody/infer";

    private final RivalBench.Plan plan;
    private final Consumer<String> progress;
    private final Goals goals;

    /// @param plan its systems and models are not looked at
    /// @param progress told what is being done, a line at a time
    public Pressure(RivalBench.Plan plan, Consumer<String> progress) {
        this.plan = plan;
        this.progress = progress;
        this.goals = new Goals(progress);
    }

    /// Measures these parts.
    public Goals run(Set<Part> parts) throws MinerException, IOException, InterruptedException {
        Pinning pinning = Pinning.ofThisProcess(plan.generatorCore());
        Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
        try {
            if (parts.contains(Part.COSTLESS)) {
                costless(vertx, pinning);
            }
            if (parts.contains(Part.SLICES)) {
                slices(vertx, pinning);
            }
            List<String> texts = LengthMix.texts(plan.seed(), 400, Pairs.load());
            try (var raw = RawTexts.of(texts, pinning, plan)) {
                if (parts.contains(Part.BATCHING)) {
                    new Batching(vertx, pinning, plan, progress).run(texts, raw, goals);
                }
                if (parts.contains(Part.CROWD) || parts.contains(Part.FLOODS)) {
                    new Crowd(vertx, pinning, plan, goals, progress).run(texts, raw, parts);
                }
            }
            if (parts.contains(Part.THREADS)) {
                new TwoThreads(vertx, pinning, plan, progress).run(goals);
            }
            if (parts.contains(Part.SHARES)) {
                shares(vertx, pinning);
            }
            return goals;
        } finally {
            vertx.close();
        }
    }

    /// C4, C5 and C14: a model that doubles one number.
    private void costless(Vertx vertx, Pinning pinning)
            throws MinerException, IOException, InterruptedException {
        var callers = new Callers(1);
        try (MoodyModel moody = MoodyModel.write()) {
            KilnStand.Menu menu = costless(moody);
            List<String> prefix = pinning.on(plan.serverCore());
            KilnStand stand = KilnStand.start(menu, callers, KilnStand.Setting.usual(prefix));
            try (var transport = new Transport(vertx, stand.url(), 4, PATIENCE)) {
                progress.accept("one caller at a time, API key");
                double added = added(transport, Contender.KILN_KEY, callers, stand);
                goals.most(
                        "C4: added p50 over an identity model, API key, ms (an HTTP server that only echoes: %.2f)"
                                .formatted(
                                        echo(vertx, prefix, callers.at(Contender.KILN_KEY, stand))),
                        0.15,
                        0.08,
                        added);
                progress.accept("one caller at a time, signed both ways");
                goals.most(
                        "C5: the same, verified and signed",
                        0.5,
                        0.3,
                        added(transport, Contender.KILN_SIGNED, callers, stand));
            } finally {
                stand.stop();
            }
            Observed.Ratio ratio = new Observed(vertx, menu, prefix, plan, progress).ratio();
            goals.least(
                    "C14: calls of that model a second, with metrics and log over without (the median's 95 %%: %.3f to %.3f)"
                            .formatted(ratio.low(), ratio.high()),
                    0.98,
                    0.99,
                    ratio.middle());
        }
    }

    private void slices(Vertx vertx, Pinning pinning)
            throws MinerException, IOException, InterruptedException {
        try (MoodyModel moody = MoodyModel.write()) {
            List<String> prefix = pinning.on(plan.serverCore());
            new Slices(vertx, costless(moody), prefix, plan, progress).run(goals);
        }
    }

    private static KilnStand.Menu costless(MoodyModel moody) {
        return new KilnStand.Menu(
                List.of("moody"), moody.folder().toString(), 32, "/v2", "open-inference");
    }

    /// Median milliseconds of the same requests to a server on the same core that only echoes.
    private double echo(Vertx vertx, List<String> prefix, List<Credentials> callers)
            throws MinerException, IOException, InterruptedException {
        try (var echo = EchoChild.start(prefix);
                var transport = new Transport(vertx, echo.url(), 4, PATIENCE)) {
            List<Question> one = List.of(number());
            List<Validator> validators = validators(callers, transport);
            new ClosedLoop(validators, 1, _ -> {})
                    .run(new Turns(one, validators.size()), Duration.ofSeconds(plan.mostWarmUp()));
            return median(validators, one);
        }
    }

    private static List<Validator> validators(List<Credentials> callers, Transport transport) {
        return callers.stream()
                .map(each -> new Validator("caller", each, transport, NUMBERS))
                .toList();
    }

    /// Median milliseconds from sending to the last byte, one at a time.
    private double median(List<Validator> callers, List<Question> one)
            throws MinerException, InterruptedException {
        Queue<Arrival> arrivals = new ConcurrentLinkedQueue<>();
        new ClosedLoop(callers, 1, arrivals::add)
                .run(new Turns(one, callers.size()), length(plan.seconds()));
        var latencies = new Latencies();
        for (Arrival arrival : arrivals) {
            if (!(arrival.end() instanceof Arrival.Came(Received received))
                    || received.status() != 200) {
                throw new MinerException("a call to the identity model was not answered", "");
            }
            latencies.record(arrival.uncorrectedNanos());
        }
        return latencies.millisAt(50);
    }

    /// Median milliseconds from sending to the last byte, less the engine's own.
    private double added(Transport transport, Contender as, Callers all, KilnStand stand)
            throws MinerException, InterruptedException {
        List<Question> one = List.of(number());
        List<Validator> callers = validators(all.at(as, stand), transport);
        new ClosedLoop(callers, 1, _ -> {})
                .run(new Turns(one, callers.size()), Duration.ofSeconds(plan.mostWarmUp()));
        CompilePause.take(stand::compilingNanos);
        Metrics before = metrics(transport);
        double p50 = median(callers, one);
        return p50 - metrics(transport).stageMicros("compute", before) / 1e3;
    }

    /// One number for the identity model.
    static Question number() {
        byte[] body =
                "{\"inputs\":[{\"name\":\"x\",\"shape\":[1,1],\"datatype\":\"FP32\",\"data\":[1]}]}"
                        .getBytes(StandardCharsets.US_ASCII);
        return new Question(List.of(), List.of(), body);
    }

    /// C15, of one model, then of two, with a deadline that leaves room for three backlogs: where long texts are refused, who
    /// asks again at once has more answers of short ones.
    private void shares(Vertx vertx, Pinning pinning)
            throws MinerException, IOException, InterruptedException {
        var callers = new Callers(Fairness.STAKES);
        List<String> texts = LengthMix.texts(plan.seed(), 400, Pairs.load());
        for (List<String> models : List.of(List.of("minilm"), List.of("minilm", "another"))) {
            var setting =
                    new KilnStand.Setting(
                            pinning.on(plan.serverCore()),
                            1,
                            Duration.ofSeconds(20L * models.size()),
                            Fairness.POLICY);
            var menu = KilnStand.Menu.embeddings(models, "embedded:minilm", KilnStand.MAX_ITEMS);
            KilnStand stand = KilnStand.start(menu, callers, setting);
            try {
                List<Credentials> signing = callers.at(Contender.KILN_SIGNED, stand);
                Trial trial = trial(vertx, stand, signing, true);
                trial.warmUp(ask(brief(), stand));
                trial.warmUp(ask(texts, stand));
                new Fairness(vertx, stand, signing, plan).run(models, texts, goals, progress);
            } finally {
                stand.stop();
            }
        }
    }

    static KilnStand.Menu minilm(int items) {
        return KilnStand.Menu.embeddings("minilm", "embedded:minilm", items);
    }

    static List<String> brief() {
        return Pairs.load().stream().limit(20).map(pair -> pair.first()).toList();
    }

    private Trial trial(Vertx vertx, Stand stand, List<Credentials> credentials, boolean receipts) {
        return new Trial(vertx, stand, credentials, new Jury(receipts, Map.of()), plan);
    }

    static List<Question> ask(List<String> texts, KilnStand stand) {
        return texts.stream().map(text -> Question.of(List.of(text), stand.model())).toList();
    }

    static Metrics metrics(Transport transport) throws MinerException, InterruptedException {
        try {
            byte[] page =
                    transport
                            .get("/metrics")
                            .toCompletionStage()
                            .toCompletableFuture()
                            .get()
                            .body();
            return Metrics.parse(new String(page, StandardCharsets.UTF_8));
        } catch (ExecutionException e) {
            throw new MinerException("the miner's metrics cannot be read", "");
        }
    }

    private static Duration length(double seconds) {
        return Duration.ofNanos(Math.round(seconds * 1e9));
    }
}
