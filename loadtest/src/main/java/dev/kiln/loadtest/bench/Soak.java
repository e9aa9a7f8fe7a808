package dev.kiln.loadtest.bench;

import static java.util.Comparator.comparingInt;

import dev.kiln.bittensor.keys.KeyPair;
import dev.kiln.core.Scheme;
import dev.kiln.loadtest.miner.Metrics;
import dev.kiln.loadtest.miner.MinerException;
import dev.kiln.loadtest.miner.MinerFolder;
import dev.kiln.loadtest.miner.OwnMiner;
import dev.kiln.loadtest.quality.Pairs;
import dev.kiln.loadtest.traffic.Arrival;
import dev.kiln.loadtest.traffic.ClosedLoop;
import dev.kiln.loadtest.traffic.HotkeyCredentials;
import dev.kiln.loadtest.traffic.OpenLoop;
import dev.kiln.loadtest.traffic.Provenance;
import dev.kiln.loadtest.traffic.Question;
import dev.kiln.loadtest.traffic.Received;
import dev.kiln.loadtest.traffic.Transport;
import dev.kiln.loadtest.traffic.Validator;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.stream.Stream;

/// A miner of its own for a long time at a share of what it can do, with an eye on its memory.
///
/// **Threads:** confined to one; the traffic runs on another.
public final class Soak {
    private static final int VALIDATORS = 8;
    private static final int IN_FLIGHT = 64;
    private static final int CONNECTIONS = 256;
    private static final int TEXTS = 2000;
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Duration LOOK = Duration.ofSeconds(1);

    /// Collections of the whole heap are rarer than a soak is long by themselves, and the C library hardly gives free memory
    /// back: until both are asked for nobody can tell what lives from what only lies there.
    private static final int COLLECT_EVERY_SECONDS = 30;

    /// Checking a receipt costs the generator more than signing a question.
    private static final int CHECK_EVERY = 20;

    /// What is looked at, by the name of its metric.
    private static final Map<String, String> LOOKED_AT =
            Map.of(
                    "heap", "kiln_memory_heap_bytes",
                    "native", "kiln_memory_native_bytes");

    private final Plan plan;
    private final Consumer<String> progress;
    private final AtomicLong good = new AtomicLong();
    private final AtomicLong other = new AtomicLong();
    private final Map<String, Long> unproved = new ConcurrentSkipListMap<>();

    /// How to soak.
    ///
    /// @param minutes of load whose memory is looked at
    /// @param warmUpMinutes of the same load before, not looked at: compilers and caches fill
    /// @param share of the capacity that was measured
    public record Plan(double minutes, double warmUpMinutes, double share, long seed) {}

    /// What came of it.
    ///
    /// @param slopes in MB an hour, by what was looked at
    /// @param other refused or lost
    /// @param unproved of the answers that were checked, each twentieth, by what failed
    public record Outcome(
            double capacity,
            double rate,
            long good,
            long other,
            Map<String, Long> unproved,
            Map<String, Slope> slopes) {
        public Outcome {
            unproved = new TreeMap<>(unproved);
            slopes = new LinkedHashMap<>(slopes);
        }

        /// Whether memory keeps still and next to nothing was lost.
        public boolean sound() {
            return !slopes.isEmpty()
                    && slopes.values().stream().noneMatch(slope -> slope.word().equals("grows"))
                    && unproved.isEmpty()
                    && other <= 0.01 * (good + other);
        }
    }

    /// @param progress told what is being done, a line at a time
    public Soak(Plan plan, Consumer<String> progress) {
        this.plan = plan;
        this.progress = progress;
    }

    /// Soaks.
    public Outcome run() throws MinerException, IOException, InterruptedException {
        List<KeyPair> keys =
                Stream.generate(() -> KeyPair.generate(Scheme.SR25519)).limit(VALIDATORS).toList();
        var order =
                new OwnMiner.Order(
                        keys.stream()
                                .map(key -> new MinerFolder.Member(key, 1000, "minimal"))
                                .toList(),
                        List.of(),
                        "",
                        List.of());
        Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
        try (OwnMiner miner = OwnMiner.start(order, _ -> progress.accept("starting the server"));
                var transport = new Transport(vertx, miner.ready().url(), CONNECTIONS, PATIENCE)) {
            List<Validator> validators = new ArrayList<>();
            keys.forEach(key ->
                    validators.add(
                            new Validator(
                                    "soak",
                                    new HotkeyCredentials(key, miner.hotkey(), Scheme.SR25519),
                                    transport)));
            return soak(miner, transport, validators);
        } finally {
            vertx.close();
        }
    }

    private Outcome soak(OwnMiner miner, Transport transport, List<Validator> validators)
            throws InterruptedException, IOException {
        List<String> texts = LengthMix.texts(plan.seed(), TEXTS, Pairs.load());
        List<Question> questions = ask(texts, miner);
        // An engine's arena grows to what its largest batch needs, and keeps that.
        progress.accept("capacity: 20 s of the longest texts and 20 s not counted, then 20 s");
        List<String> longest = List.of(Collections.max(texts, comparingInt(String::length)));
        new ClosedLoop(validators, CONNECTIONS, _ -> {})
                .run(new Turns(ask(longest, miner), VALIDATORS), Duration.ofSeconds(20));
        var closed = new ClosedLoop(validators, IN_FLIGHT, _ -> {});
        closed.run(new Turns(questions, VALIDATORS), Duration.ofSeconds(20));
        double capacity =
                closed.run(new Turns(questions, VALIDATORS), Duration.ofSeconds(20)).rate();
        double rate = plan.share() * capacity;
        progress.accept(
                "%.1f /s; now %.1f /s for %.0f minutes not looked at and %.0f that are"
                        .formatted(capacity, rate, plan.warmUpMinutes(), plan.minutes()));
        var loop = new OpenLoop(validators, this::count);
        double seconds = 60 * (plan.warmUpMinutes() + plan.minutes());
        Thread traffic =
                Thread.ofPlatform().name("soak").start(() -> drive(loop, questions, rate, seconds));
        Map<String, List<Slope.Point>> looks = watch(miner, transport, traffic);
        traffic.join();
        Map<String, Slope> slopes = new LinkedHashMap<>();
        looks.forEach((name, points) -> slopes.put(name, Slope.of(points)));
        return new Outcome(capacity, rate, good.get(), other.get(), unproved, slopes);
    }

    private static List<Question> ask(List<String> texts, OwnMiner miner) {
        return texts.stream()
                .map(text -> Question.of(List.of(text), miner.ready().model()))
                .toList();
    }

    private void drive(OpenLoop loop, List<Question> questions, double rate, double seconds) {
        try {
            loop.run(new Turns(questions, VALIDATORS, rate, seconds, plan.seed()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void count(Arrival arrival) {
        if (arrival.end() instanceof Arrival.Came(Received received) && received.status() == 200) {
            if (good.incrementAndGet() % CHECK_EVERY == 0) {
                look(arrival.signed().demand().check(received));
            }
        } else {
            other.incrementAndGet();
        }
    }

    private void look(Provenance provenance) {
        switch (provenance) {
            case Provenance.Proved _ -> {}
            case Provenance.Broken(String what) -> unproved.merge(what, 1L, Long::sum);
            case Provenance.Unsigned _, Provenance.NotAsked _ ->
                    unproved.merge("UNSIGNED", 1L, Long::sum);
        }
    }

    /// Looks once a second while the traffic runs, in MB.
    private Map<String, List<Slope.Point>> watch(
            OwnMiner miner, Transport transport, Thread traffic)
            throws InterruptedException, IOException {
        Map<String, List<Slope.Point>> looks = new LinkedHashMap<>();
        long start = System.nanoTime();
        int minutes = 0;
        int collections = 0;
        while (!traffic.join(LOOK)) {
            double second = (System.nanoTime() - start) / 1e9;
            if (second > COLLECT_EVERY_SECONDS * collections) {
                collections++;
                miner.collect();
            }
            if (second / 60 >= minutes + 1) {
                minutes++;
                progress.accept(
                        "minute %d: resident %d MB, %d answered, %d not"
                                .formatted(
                                        minutes,
                                        miner.residentBytes().orElse(0) / 1_000_000,
                                        good.get(),
                                        other.get()));
            }
            if (second >= 60 * plan.warmUpMinutes()) {
                Metrics metrics = metrics(transport);
                LOOKED_AT.forEach((name, metric) -> note(looks, name, second, metrics.sum(metric)));
                note(
                        looks,
                        "resident",
                        second,
                        miner.residentBytes().stream().asDoubleStream().findFirst());
            }
        }
        return looks;
    }

    private static void note(
            Map<String, List<Slope.Point>> looks,
            String name,
            double second,
            OptionalDouble bytes) {
        bytes.ifPresent(value ->
                looks.computeIfAbsent(name, _ -> new ArrayList<>())
                        .add(new Slope.Point(second, value / 1e6)));
    }

    /// Empty where the page cannot be read this time.
    private static Metrics metrics(Transport transport) throws InterruptedException {
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
            return Metrics.parse("");
        }
    }
}
