package dev.kiln.loadtest.bench;

import dev.kiln.bittensor.keys.KeyPair;
import dev.kiln.core.Scheme;
import dev.kiln.loadtest.miner.MinerException;
import dev.kiln.loadtest.miner.MinerFolder;
import dev.kiln.loadtest.miner.OwnMiner;
import dev.kiln.loadtest.miner.Pinning;
import dev.kiln.loadtest.quality.Pairs;
import dev.kiln.loadtest.traffic.ApiKeyCredentials;
import dev.kiln.loadtest.traffic.Credentials;
import dev.kiln.loadtest.traffic.HotkeyCredentials;
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
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// Served beside raw, in turns in one run: the raw loop, served without and served with signatures, and again.
///
/// The server keeps running while the raw loop has its core; it is idle then. Requests are signed on the fly, on the
/// generator's core.
public final class ServedBench {
    private static final int TEXTS = 2000;
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /// With short texts a server takes thousands of calls in this time, each way, so that its code is compiled when
    /// measuring begins; on the one core it shares with the engine, compiling would count as serving.

    private static final Duration SINGLE = Duration.ofSeconds(5);

    private static final String SOURCE = "embedded:minilm";
    private static final String CONFIG =
            """
            models:
              - name: minilm
                source: %s
                engine-threads: 1
            """
                            .formatted(SOURCE)
                    + RawChild.BatchRule.TEXTS.yaml();

    private final Plan plan;
    private final Consumer<String> progress;

    /// How to measure.
    ///
    /// @param seconds of each measured stretch
    /// @param serverCore core of the raw loop and of the server, from 0
    /// @param generatorCore core of this process, from 0
    public record Plan(
            int rounds,
            double seconds,
            int callers,
            long seed,
            int serverCore,
            int generatorCore) {}

    /// One turn of each.
    record Round(Map<String, Double> raw, Phase keyed, Phase signed) {}

    /// Everything measured.
    ///
    /// @param single one caller at a time, signed: stage times with nothing beside them
    record Outcome(Plan plan, boolean pinned, List<Round> rounds, Phase single) {}

    /// @param progress told what is being done, a line at a time
    public ServedBench(Plan plan, Consumer<String> progress) {
        this.plan = plan;
        this.progress = progress;
    }

    /// Measures.
    public ServedReport run() throws MinerException, IOException, InterruptedException {
        Pinning pinning = Pinning.ofThisProcess(plan.generatorCore());
        List<String> texts = LengthMix.texts(plan.seed(), TEXTS, Pairs.load());
        Path file = Files.createTempFile("kiln-texts-", ".txt");
        Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
        try {
            Files.write(file, texts);
            var work = new RawChild.Work(SOURCE, file, RawChild.BatchRule.TEXTS, plan.callers());
            var raw = new RawChild(pinning, plan.serverCore(), work);
            return new ServedReport(measure(vertx, pinning, raw, texts));
        } finally {
            vertx.close();
            Files.delete(file);
        }
    }

    private Outcome measure(Vertx vertx, Pinning pinning, RawChild raw, List<String> texts)
            throws MinerException, IOException, InterruptedException {
        List<KeyPair> keys = new ArrayList<>();
        List<MinerFolder.Member> members = new ArrayList<>();
        for (int i = 0; i < plan.callers(); i++) {
            KeyPair key = KeyPair.generate(Scheme.SR25519);
            keys.add(key);
            members.add(new MinerFolder.Member(key, 1000, "full"));
        }
        String apiKey = apiKey();
        var order =
                new OwnMiner.Order(
                        members,
                        pinning.on(plan.serverCore()),
                        CONFIG,
                        List.of("bench: " + apiKey));
        try (OwnMiner miner =
                        OwnMiner.start(order, waited -> progress.accept("starting the server"));
                var transport =
                        new Transport(vertx, miner.ready().url(), plan.callers(), PATIENCE)) {
            List<Question> questions =
                    texts.stream()
                            .map(text -> Question.of(List.of(text), miner.ready().model()))
                            .toList();
            String model = miner.ready().model();
            Supplier<Judge> judges = () -> new Judge(model, 0);
            var served = new ServedSide(miner, transport, questions, judges);
            List<Validator> signing = new ArrayList<>();
            keys.forEach(key ->
                    signing.add(
                            validator(
                                    new HotkeyCredentials(key, miner.hotkey(), Scheme.SR25519),
                                    transport)));
            List<Validator> keyed = List.of(validator(new ApiKeyCredentials(apiKey), transport));
            progress.accept("warming the server up with short texts, not counted");
            Question brief = Question.of(List.of("warm"), miner.ready().model());
            var warm = new ServedSide(miner, transport, List.of(brief), judges);
            warm.warmUp(keyed, plan.callers());
            warm.warmUp(signing, plan.callers());
            return rounds(pinning, raw, served, keyed, signing);
        }
    }

    private Outcome rounds(
            Pinning pinning,
            RawChild raw,
            ServedSide served,
            List<Validator> keyed,
            List<Validator> signing)
            throws MinerException, IOException, InterruptedException {
        progress.accept("and with the texts to be measured, not counted");
        served.warmUp(signing, plan.callers());
        List<Round> rounds = new ArrayList<>();
        for (int i = 0; i < plan.rounds(); i++) {
            String name = "round %d of %d: ".formatted(i + 1, plan.rounds());
            progress.accept(name + "raw");
            Map<String, Double> figures = raw.run(plan.seconds());
            progress.accept(name + "served, API key");
            Phase plain = served.run(keyed, plan.callers(), length(1));
            progress.accept(name + "served, signed both ways");
            Phase signed = served.run(signing, plan.callers(), length(1));
            rounds.add(new Round(figures, plain, signed));
        }
        progress.accept("one caller at a time, for the cost of each part");
        Phase single = served.run(signing, 1, SINGLE);
        return new Outcome(plan, pinning.works(), rounds, single);
    }

    private Duration length(double share) {
        return Duration.ofNanos(Math.round(plan.seconds() * share * 1e9));
    }

    private static Validator validator(Credentials credentials, Transport transport) {
        return new Validator("caller", credentials, transport);
    }

    static String apiKey() {
        var random = new SplittableRandom();
        byte[] bytes = new byte[24];
        random.nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }
}
