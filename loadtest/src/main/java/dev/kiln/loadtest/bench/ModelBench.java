package dev.kiln.loadtest.bench;

import dev.kiln.bittensor.keys.KeyPair;
import dev.kiln.core.Scheme;
import dev.kiln.loadtest.miner.MinerException;
import dev.kiln.loadtest.miner.MinerFolder;
import dev.kiln.loadtest.miner.OwnMiner;
import dev.kiln.loadtest.miner.Pinning;
import dev.kiln.loadtest.traffic.ApiKeyCredentials;
import dev.kiln.loadtest.traffic.Judge;
import dev.kiln.loadtest.traffic.Question;
import dev.kiln.loadtest.traffic.Transport;
import dev.kiln.loadtest.traffic.Validator;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;

/// A model that takes bytes, served beside raw, in turns in one run: the raw loop, served, the raw loop, served …
///
/// Bodies are raw bytes, callers have an API key, nothing is signed: what is measured is the way from socket to engine
/// and back. The server keeps running while the raw loop has its core; it is idle then.
public final class ModelBench {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private static final Duration SINGLE = Duration.ofSeconds(5);

    private final ServedModel model;
    private final int side;
    private final ServedBench.Plan plan;
    private final Consumer<String> progress;

    /// Every stretch's answers are held against the first ones of the run.
    private record Judging(double tolerance, Map<String, List<Double>> first)
            implements Supplier<Judge> {
        @Override
        public Judge get() {
            return new Judge(false, new SameAnswers(tolerance, first));
        }
    }

    /// One turn of each.
    record Round(Map<String, Double> raw, Phase served) {}

    /// Everything measured.
    ///
    /// @param single one caller at a time: stage times with nothing beside them
    /// @param side most pixels of a picture's side
    /// @param bytes of a request's body, on average
    record Outcome(
            ServedModel model,
            int side,
            ServedBench.Plan plan,
            boolean pinned,
            long bytes,
            List<Round> rounds,
            Phase single) {}

    /// @param model one of [#models]
    /// @param side most pixels of a picture's side, at least 2; the least are half of that
    /// @param progress told what is being done, a line at a time
    public ModelBench(String model, int side, ServedBench.Plan plan, Consumer<String> progress) {
        this.side = side;
        this.model = ServedModel.named(model).orElseThrow();
        this.plan = plan;
        this.progress = progress;
    }

    /// The models that can be measured so.
    public static List<String> models() {
        return ServedModel.names();
    }

    /// Measures.
    public ModelReport run() throws MinerException, IOException, InterruptedException {
        Path source = model.folder();
        Pinning pinning = Pinning.ofThisProcess(plan.generatorCore());
        List<Blobs> blobs = model.asked().blobs(plan.seed(), side);
        Path inputs = Files.createTempDirectory("kiln-inputs-");
        Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
        try {
            for (int i = 0; i < blobs.size(); i++) {
                Files.write(inputs.resolve("%04d".formatted(i)), blobs.get(i).inRaw());
            }
            var work =
                    new RawChild.Work(
                            source.toString(), inputs, model.asked().batches(), plan.callers());
            var raw = new RawChild(pinning, plan.serverCore(), work);
            return new ModelReport(measure(vertx, pinning, raw, blobs));
        } finally {
            vertx.close();
            delete(inputs);
        }
    }

    private Outcome measure(Vertx vertx, Pinning pinning, RawChild raw, List<Blobs> blobs)
            throws MinerException, IOException, InterruptedException {
        String apiKey = ServedBench.apiKey();
        var somebody = new MinerFolder.Member(KeyPair.generate(Scheme.SR25519), 1000, "full");
        var order =
                new OwnMiner.Order(
                        List.of(somebody),
                        pinning.on(plan.serverCore()),
                        yaml(),
                        List.of("bench: " + apiKey));
        try (OwnMiner miner = OwnMiner.start(order, _ -> progress.accept("starting the server"));
                var transport =
                        new Transport(vertx, miner.ready().url(), plan.callers(), PATIENCE)) {
            var credentials = new ApiKeyCredentials(apiKey);
            var caller = new Validator("caller", credentials, transport, model.asked().target);
            Judging judging = new Judging(model.asked().tolerance, SameAnswers.memory());
            progress.accept("warming the server up with brief questions, not counted");
            List<Question> brief =
                    questions(model.asked().brief(plan.seed()), model.asked().media, "brief ");
            // With these a server takes thousands of calls in little time.
            new ServedSide(miner, transport, brief, judging)
                    .warmUp(List.of(caller), plan.callers());
            List<Question> asked = questions(blobs, model.asked().media, "");
            var served = new ServedSide(miner, transport, asked, judging);
            progress.accept("warming the server up, not counted");
            served.warmUp(List.of(caller), plan.callers());
            List<Round> rounds = rounds(raw, served, caller);
            progress.accept("one caller at a time, for the cost of each part");
            Phase single = served.run(List.of(caller), 1, SINGLE);
            double bytes = blobs.stream().mapToInt(each -> each.asSent().length).sum();
            return new Outcome(
                    model,
                    side,
                    plan,
                    pinning.works(),
                    Math.round(bytes / blobs.size()),
                    rounds,
                    single);
        }
    }

    private List<Round> rounds(RawChild raw, ServedSide served, Validator caller)
            throws MinerException, IOException, InterruptedException {
        var length = Duration.ofNanos(Math.round(plan.seconds() * 1e9));
        List<Round> rounds = new ArrayList<>();
        for (int i = 0; i < plan.rounds(); i++) {
            String name = "round %d of %d: ".formatted(i + 1, plan.rounds());
            progress.accept(name + "raw");
            Map<String, Double> figures = raw.run(plan.seconds());
            progress.accept(name + "served");
            rounds.add(new Round(figures, served.run(List.of(caller), plan.callers(), length)));
        }
        return rounds;
    }

    /// More may wait than by default, so that no caller is refused: the loop is closed anyway.
    private String yaml() throws MinerException {
        return """
        limits:
          queued-cost: 16777216
        models:
          - name: %s
            source: '%s'
            engine-threads: 1
        """
                        .formatted(model.model(), model.folder().toString().replace("'", "''"))
                + model.asked().batches().yaml()
                + "      max-linger: %dms%n".formatted(model.asked().linger());
    }

    private static List<Question> questions(List<Blobs> blobs, String media, String prefix) {
        List<Question> questions = new ArrayList<>(blobs.size());
        for (int i = 0; i < blobs.size(); i++) {
            String name = prefix + i;
            questions.add(Question.thing(name, blobs.get(i).asSent(), media));
        }
        return questions;
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
