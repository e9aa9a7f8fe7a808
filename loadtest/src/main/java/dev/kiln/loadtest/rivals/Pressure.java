package dev.kiln.loadtest.rivals;

import dev.kiln.loadtest.bench.LengthMix;
import dev.kiln.loadtest.bench.RawChild;
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
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;

/// Kiln alone under pressure: what it adds to a model that costs nothing, what is left of batching's gain, what it
/// delivers at twice and four times its peak, how fast it refuses, and what a flood costs the honest.
///
/// **Threads:** confined to one.
public final class Pressure {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final String NUMBERS = "/v2/models/moody/infer";

    /// Of the peak, while a flood goes on: most of the box is idle before it.
    private static final double HONEST_SHARE = 0.3;

    private final RivalBench.Plan plan;
    private final Consumer<String> progress;
    private final Goals goals = new Goals();

    /// @param plan its systems, models and rounds are not looked at
    /// @param progress told what is being done, a line at a time
    public Pressure(RivalBench.Plan plan, Consumer<String> progress) {
        this.plan = plan;
        this.progress = progress;
    }

    /// Measures everything.
    public Goals run() throws MinerException, IOException, InterruptedException {
        Pinning pinning = Pinning.ofThisProcess(plan.generatorCore());
        Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
        try {
            added(vertx, pinning);
            batching(vertx, pinning);
            crowded(vertx, pinning);
            return goals;
        } finally {
            vertx.close();
        }
    }

    /// C4 and C5: one caller at a time at a model that doubles one number.
    private void added(Vertx vertx, Pinning pinning)
            throws MinerException, IOException, InterruptedException {
        var callers = new Callers(1);
        try (MoodyModel moody = MoodyModel.write()) {
            var menu =
                    new KilnStand.Menu(
                            "moody", moody.folder().toString(), 32, "/v2", "open-inference");
            KilnStand stand = KilnStand.start(menu, callers, pinning.on(plan.serverCore()), 1);
            try (var transport = new Transport(vertx, stand.url(), 4, PATIENCE)) {
                progress.accept("one caller at a time, API key");
                goals.most(
                        "C4: added p50 over an identity model, API key, ms",
                        0.15,
                        0.08,
                        added(transport, callers.at(Contender.KILN_KEY, stand)));
                progress.accept("one caller at a time, signed both ways");
                goals.most(
                        "C5: the same, verified and signed",
                        0.5,
                        0.3,
                        added(transport, callers.at(Contender.KILN_SIGNED, stand)));
            } finally {
                stand.stop();
            }
        }
    }

    /// Median milliseconds from sending to the last byte, less the engine's own.
    private double added(Transport transport, List<Credentials> credentials)
            throws MinerException, InterruptedException {
        byte[] body =
                "{\"inputs\":[{\"name\":\"x\",\"shape\":[1,1],\"datatype\":\"FP32\",\"data\":[1]}]}"
                        .getBytes(StandardCharsets.US_ASCII);
        List<Question> one = List.of(new Question(List.of(), List.of(), body));
        List<Validator> callers =
                credentials.stream()
                        .map(each -> new Validator("caller", each, transport, NUMBERS))
                        .toList();
        new ClosedLoop(callers, 1, _ -> {})
                .run(new Turns(one, callers.size()), Duration.ofSeconds(plan.mostWarmUp()));
        Metrics before = metrics(transport);
        Queue<Arrival> arrivals = new ConcurrentLinkedQueue<>();
        new ClosedLoop(callers, 1, arrivals::add)
                .run(new Turns(one, callers.size()), length(plan.seconds()));
        double engine = metrics(transport).stageMicros("compute", before) / 1e3;
        var latencies = new Latencies();
        for (Arrival arrival : arrivals) {
            if (!(arrival.end() instanceof Arrival.Came(Received received))
                    || received.status() != 200) {
                throw new MinerException("a call to the identity model was not answered", "");
            }
            latencies.record(arrival.uncorrectedNanos());
        }
        return latencies.millisAt(50) - engine;
    }

    /// C6: batches of 32 beside batches of one, served and raw.
    private void batching(Vertx vertx, Pinning pinning)
            throws MinerException, IOException, InterruptedException {
        List<String> texts = LengthMix.texts(plan.seed(), 400, Pairs.load());
        Path file = Files.createTempFile("kiln-texts-", ".txt");
        try {
            Files.write(file, texts);
            progress.accept("batches of one and of 32, raw");
            double rawGain = raw(pinning, file, 32) / raw(pinning, file, 1);
            progress.accept("batches of one, served");
            double single = served(vertx, pinning, texts, 1);
            progress.accept("batches of 32, served");
            double many = served(vertx, pinning, texts, 32);
            goals.least(
                    "C6: batching gain kept, served %.2f over raw %.2f"
                            .formatted(many / single, rawGain),
                    0.90,
                    0.97,
                    many / single / rawGain);
        } finally {
            Files.delete(file);
        }
    }

    private double raw(Pinning pinning, Path texts, int items)
            throws MinerException, IOException, InterruptedException {
        RawChild.BatchRule usual = RawChild.BatchRule.TEXTS;
        var rule = new RawChild.BatchRule(items, usual.maxCost(), usual.maxPadding());
        var work = new RawChild.Work("embedded:minilm", texts, rule, plan.callers());
        return new RawChild(pinning, plan.serverCore(), work)
                .run(plan.seconds())
                .getOrDefault("items_per_s", 0.0);
    }

    private double served(Vertx vertx, Pinning pinning, List<String> texts, int items)
            throws MinerException, IOException, InterruptedException {
        var callers = new Callers(plan.callers());
        KilnStand stand = minilm(callers, pinning, items);
        try {
            Trial trial = trial(vertx, stand, callers.at(Contender.KILN_KEY, stand), false);
            trial.warmUp(ask(Pairs.load().stream().limit(20).map(p -> p.first()).toList(), stand));
            return trial.peak(ask(texts, stand)).perSecond();
        } finally {
            stand.stop();
        }
    }

    /// C8, C9 and the floods, on one miner.
    private void crowded(Vertx vertx, Pinning pinning)
            throws MinerException, IOException, InterruptedException {
        var callers = new Callers(plan.callers());
        KilnStand stand = minilm(callers, pinning, KilnStand.MAX_ITEMS);
        try {
            List<Credentials> signing = callers.at(Contender.KILN_SIGNED, stand);
            List<Question> questions = ask(LengthMix.texts(plan.seed(), 400, Pairs.load()), stand);
            Trial trial = trial(vertx, stand, signing, true);
            trial.warmUp(ask(Pairs.load().stream().limit(20).map(p -> p.first()).toList(), stand));
            progress.accept("peak");
            double peak = trial.peak(questions).perSecond();
            progress.accept("%.0f /s; at twice that".formatted(peak));
            Result.Overload twice = trial.overload(questions, 2 * peak);
            progress.accept("at four times that");
            Result.Overload four = trial.overload(questions, 4 * peak);
            goals.least("C8: goodput at 2× over peak", 0.95, 0.98, twice.goodPerSecond() / peak);
            goals.least("C8: goodput at 4× over peak", 0.9, 0, four.goodPerSecond() / peak);
            goals.most("C9: refusal p99 at 2×, ms", 10, 2, twice.refusalP99Ms());
            new Floods(vertx, stand, signing, plan).run(HONEST_SHARE * peak, goals, progress);
        } finally {
            stand.stop();
        }
    }

    private KilnStand minilm(Callers callers, Pinning pinning, int items)
            throws MinerException, IOException, InterruptedException {
        return KilnStand.start(
                KilnStand.Menu.embeddings("minilm", "embedded:minilm", items),
                callers,
                pinning.on(plan.serverCore()),
                1);
    }

    private Trial trial(Vertx vertx, Stand stand, List<Credentials> credentials, boolean receipts) {
        return new Trial(vertx, stand, credentials, new Jury(receipts, Map.of()), plan);
    }

    private static List<Question> ask(List<String> texts, KilnStand stand) {
        return texts.stream().map(text -> Question.of(List.of(text), stand.model())).toList();
    }

    private static Metrics metrics(Transport transport)
            throws MinerException, InterruptedException {
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
