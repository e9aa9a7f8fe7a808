package dev.kiln.loadtest.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.kiln.bittensor.keys.KeyPair;
import dev.kiln.core.Scheme;
import dev.kiln.loadtest.miner.MinerException;
import dev.kiln.loadtest.miner.MinerFolder;
import dev.kiln.loadtest.miner.OwnMiner;
import dev.kiln.loadtest.miner.ReadyLine;
import dev.kiln.loadtest.traffic.ApiKeyCredentials;
import dev.kiln.loadtest.traffic.Judge;
import dev.kiln.loadtest.traffic.Question;
import dev.kiln.loadtest.traffic.Transport;
import dev.kiln.loadtest.traffic.Validator;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.function.Supplier;

/// The whole server beside the engine alone, on one device: the section `served_http` of `native-config/gpu-check`.
///
/// `kiln serve` is a child process that is asked over the loopback with an API key, nothing signed, by as many callers as
/// keep two batches waiting for each engine thread. The engine loop is another one, with the same item in batches that
/// are always full, prepared once. They are measured in turns; whichever is not has its model loaded and stands idle.
///
/// Prints one JSON object. Arguments: device, seconds of each stretch, of which it takes two at least, a model's
/// source. Exit codes: 0 measured, 1 an answer was wrong, refused or lost, or there is no figure, 2 wrong arguments.
public final class HttpCheckMain {
    private static final int ROUNDS = 3;

    /// Batches that wait for each engine thread, one more than it runs.
    private static final int AHEAD = 2;

    /// Less is over before a busy machine has answered the first callers.
    private static final double LEAST_SECONDS = 2;

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final double TOLERANCE = 2e-3;

    private final String device;
    private final double seconds;
    private final String source;
    private final Map<String, Object> section = new LinkedHashMap<>();

    private HttpCheckMain(String device, double seconds, String source) {
        this.device = device;
        this.seconds = seconds;
        this.source = source;
        section.put("section", "served_http");
        section.put("source", source);
        section.put("requested", device);
    }

    public static void main(String[] args) throws IOException, InterruptedException {
        System.exit(run(args, System.out));
    }

    static int run(String[] args, PrintStream out) throws IOException, InterruptedException {
        if (args.length != 3) {
            out.println("usage: HttpCheckMain DEVICE SECONDS SOURCE");
            return 2;
        }
        boolean embedded = args[2].contains(":");
        String source = embedded ? args[2] : Path.of(args[2]).toAbsolutePath().toString();
        double seconds = Math.max(LEAST_SECONDS, Double.parseDouble(args[1]));
        var check = new HttpCheckMain(args[0], seconds, source);
        boolean right = false;
        try (EngineChild engine = EngineChild.start(check.device, check.source)) {
            right = check.measure(engine);
        } catch (MinerException e) {
            check.section.put("failed", String.valueOf(e.getMessage()));
        }
        out.println(new ObjectMapper().writeValueAsString(check.section));
        return right ? 0 : 1;
    }

    private boolean measure(EngineChild engine)
            throws MinerException, IOException, InterruptedException {
        String kind = engine.fact("ask");
        if (kind.equals("none")) {
            section.put("absent", "asked of models for texts, pictures and files only");
            return true;
        }
        int callers =
                AHEAD
                        * Integer.parseInt(engine.fact("threads"))
                        * Integer.parseInt(engine.fact("batch"));
        section.put("callers", callers);
        String apiKey = ServedBench.apiKey();
        var somebody = new MinerFolder.Member(KeyPair.generate(Scheme.SR25519), 1000, "full");
        var order =
                new OwnMiner.Order(
                        List.of(somebody), List.of(), yaml(engine), List.of("check: " + apiKey));
        Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
        try (OwnMiner miner = OwnMiner.start(order, _ -> {});
                var transport = new Transport(vertx, miner.ready().url(), callers, PATIENCE)) {
            section.put("active", active(transport));
            var question = question(kind, engine, miner.ready().model());
            var caller =
                    new Validator("caller", new ApiKeyCredentials(apiKey), transport, path(kind));
            var served =
                    new ServedSide(
                            miner, transport, List.of(question), judges(kind, miner.ready()));
            return rounds(engine, served, caller, callers);
        } finally {
            vertx.close();
        }
    }

    private boolean rounds(EngineChild engine, ServedSide served, Validator caller, int callers)
            throws MinerException, IOException, InterruptedException {
        Duration stretch = Duration.ofNanos(Math.round(seconds * 1e9));
        engine.run(seconds);
        served.warmUp(List.of(caller), callers, stretch);
        List<Double> ratios = new ArrayList<>();
        List<Double> engines = new ArrayList<>();
        List<Phase> phases = new ArrayList<>();
        for (int i = 0; i < ROUNDS; i++) {
            engines.add(engine.run(seconds));
            phases.add(served.run(List.of(caller), callers, stretch));
            ratios.add(phases.getLast().perSecond() / engines.getLast());
        }
        boolean right = phases.stream().allMatch(Phase::sound);
        section.put("rounds", ROUNDS);
        section.put("items_per_s", Median.of(phases.stream().mapToDouble(Phase::perSecond)));
        section.put("engine_items_per_s", Median.of(engines));
        section.put("over_engine", Median.of(ratios));
        section.put("over_engine_least", ratios.stream().min(Double::compare).orElse(0.0));
        section.put("over_engine_most", ratios.stream().max(Double::compare).orElse(0.0));
        section.put(
                "items_per_batch", Median.of(phases.stream().mapToDouble(Phase::itemsPerBatch)));
        section.put(
                "generator_cores", Median.of(phases.stream().mapToDouble(Phase::generatorShare)));
        section.put(
                "compiling_cores", Median.of(phases.stream().mapToDouble(Phase::compilingShare)));
        section.put("every_answer_right", right ? "yes" : "no");
        section.put("refused", phases.stream().mapToLong(each -> each.counts().refused()).sum());
        section.put("lost", phases.stream().mapToLong(each -> each.counts().lost()).sum());
        section.put("wrong", phases.stream().mapToLong(each -> each.counts().failed()).sum());
        return right;
    }

    /// A server that may not fall back, or its figure would be another device's.
    private String yaml(EngineChild engine) throws MinerException {
        return """
        limits:
          queued-cost: 1000000000
        models:
          - name: check
            source: '%s'
            device: %s
            require-gpu: %s
            engine-threads: %s
            batch:
              max-items: %s
              max-cost: 100000000
              max-padding: 1
              max-linger: 100ms
        routes:
          - path: %s
            task: %s
            deadline: %ds
        """
                .formatted(
                        source.replace("'", "''"),
                        device,
                        device.startsWith("cuda"),
                        engine.fact("threads"),
                        engine.fact("batch"),
                        path(engine.fact("ask")),
                        path(engine.fact("ask")).substring("/v1/".length()),
                        PATIENCE.toSeconds());
    }

    private static String path(String kind) {
        return switch (kind) {
            case "image" -> "/v1/image-classification";
            case "file" -> "/v1/file-type";
            default -> "/v1/embeddings";
        };
    }

    private static Question question(String kind, EngineChild engine, String model)
            throws MinerException {
        byte[] bytes = Base64.getDecoder().decode(engine.fact("bytes"));
        return kind.equals("text")
                ? Question.of(List.of(new String(bytes, StandardCharsets.UTF_8)), model)
                : Question.thing("it", bytes, "application/octet-stream");
    }

    private static Supplier<Judge> judges(String kind, ReadyLine ready) {
        if (kind.equals("text")) {
            return () -> new Judge(ready.model(), 0);
        }
        Map<String, List<Double>> first = SameAnswers.memory();
        return () -> new Judge(false, new SameAnswers(TOLERANCE, first));
    }

    /// The device that the server itself says is active.
    private static String active(Transport transport) throws MinerException, InterruptedException {
        try {
            byte[] page =
                    transport.get("/readyz").toCompletionStage().toCompletableFuture().get().body();
            return new ObjectMapper().readTree(page).at("/models/0/device/active").asText();
        } catch (ExecutionException | IOException e) {
            String why = Optional.ofNullable(e.getMessage()).orElse("unknown failure");
            throw new MinerException("/readyz cannot be read: " + why, "");
        }
    }
}
