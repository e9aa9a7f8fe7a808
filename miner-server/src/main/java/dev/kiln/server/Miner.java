package dev.kiln.server;

import dev.kiln.adapter.catalog.ModelLoadException;
import dev.kiln.adapter.catalog.ModelSettings;
import dev.kiln.adapter.catalog.Models;
import dev.kiln.bittensor.keys.Passwords;
import dev.kiln.bittensor.wire.Gates;
import dev.kiln.bittensor.wire.HashFields;
import dev.kiln.bittensor.wire.ReplayGuard;
import dev.kiln.bittensor.wire.RotatingGates;
import dev.kiln.core.Admission;
import dev.kiln.core.CallPath;
import dev.kiln.core.Lane;
import dev.kiln.core.LaneSettings;
import dev.kiln.core.Route;
import dev.kiln.core.Served;
import dev.kiln.core.Task;
import dev.kiln.core.Time;
import dev.kiln.core.Verifier;
import dev.kiln.core.model.ModelAdapter;
import dev.kiln.core.model.ModelInfo;
import dev.kiln.core.model.Purpose;
import dev.kiln.server.config.Config;
import dev.kiln.server.config.ConfigException;
import dev.kiln.server.config.Home;
import dev.kiln.server.config.WatchedHotkey;
import dev.kiln.server.http.Endpoint;
import dev.kiln.server.http.ErrorReplies;
import dev.kiln.server.http.EventLoop;
import dev.kiln.server.http.HttpFront;
import dev.kiln.server.http.HttpSettings;
import dev.kiln.server.metrics.Ledger;
import dev.kiln.server.metrics.Meters;
import dev.kiln.server.metrics.RefusalLog;
import dev.kiln.server.task.CapacityTask;
import dev.kiln.server.task.EmbeddingsTask;
import dev.kiln.server.task.ModelsTask;
import dev.kiln.server.task.SynapseEmbeddingsTask;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/// A running miner: everything is built here, from the configuration down to the socket, by calling constructors.
///
/// **Threads:** see `docs/threads.md`.
final class Miner {
    private static final System.Logger LOG = System.getLogger(Miner.class.getName());
    private static final String MODELS = "/v1/models";
    private static final String CAPACITY = "/v1/capacity";
    private static final int REFUSAL_LINES_PER_SECOND = 5;
    private static final Duration BEYOND_DEADLINE = Duration.ofSeconds(2);

    private final Config config;
    private final Who who;
    private final Time time = Time.SYSTEM;
    private final Optional<Task> capacity;
    private final ReplayGuard replays;
    private final List<Lane> lanes = new ArrayList<>();
    private final Admission admission;
    private final EventLoop loop;
    private final Readiness readiness;
    private final RefusalLog refusals =
            new RefusalLog(
                    REFUSAL_LINES_PER_SECOND,
                    line -> LOG.log(System.Logger.Level.INFO, line),
                    time);
    private final HttpFront front;
    private final Semaphore looks = new Semaphore(0);
    private final int port;

    private Miner(Config config, Home home)
            throws ConfigException, StartFailed, InterruptedException {
        this.config = config;
        // The model takes longest to load; what else is slow to load is loaded beside it.
        Path cache = config.folders().cache().orElse(home.cache());
        var modelsSoon = new Soon<>("start-models", () -> openModels(cache));
        var loopSoon = new Soon<>("start-http", () -> EventLoop.start(time));
        this.who = Who.read(config, home);
        this.capacity = capacity(config.folders().capacity());
        this.replays = replays(home);
        this.admission = new Admission(config.calls().calls(), config.calls().callsPerCaller());
        Meters meters = new Meters();
        Gates gates = gates();
        RotatingGates rotating = new RotatingGates(gates, replays, time);
        Optional<WatchedHotkey> hotkey = watchedHotkey(rotating);
        this.loop = made(loopSoon);
        startLanes(made(modelsSoon));
        this.readiness = new Readiness(replays, who.watched(), lanes);
        this.front = front(rotating, meters);
        watch(gates, meters);
        try {
            this.port = front.start();
        } catch (IOException e) {
            stopLanes();
            loop.close();
            throw new StartFailed(
                    e.getMessage() + "; choose another with --port N, or 0 for a free one", e);
        }
        Thread.ofPlatform().daemon().name("watch").start(() -> look(rotating, hotkey));
    }

    /// Builds everything and listens. Not ready before [#awaitReady].
    ///
    /// @throws ConfigException if the configuration or a file it names is wrong
    /// @throws StartFailed if a model cannot be loaded or the port is taken
    static Miner start(Config config, Home home)
            throws ConfigException, StartFailed, InterruptedException {
        return new Miner(config, home);
    }

    int port() {
        return port;
    }

    Who who() {
        return who;
    }

    List<ModelInfo> models() {
        return lanes.stream().map(lane -> lane.adapter().info()).toList();
    }

    /// Waits until honest calls would be served, which a restart may delay by the allowed clock skew.
    void awaitReady() throws InterruptedException {
        for (Duration left = replays.fenceLeft(); !left.isZero(); left = replays.fenceLeft()) {
            Thread.sleep(left.plusMillis(1));
        }
    }

    /// Stops: says that it is not ready, serves on for a while, refuses what is new, finishes what is inside, closes.
    ///
    /// @return whether nothing was lost and the mark of a clean stop was left
    boolean drain() throws InterruptedException {
        readiness.drain();
        Thread.sleep(config.drainGrace());
        admission.drain();
        boolean empty = admission.awaitEmpty(longestDeadline().plus(BEYOND_DEADLINE));
        boolean idle = front.awaitIdle(BEYOND_DEADLINE);
        stopLanes();
        var problem = replays.stop();
        problem.ifPresent(line -> LOG.log(System.Logger.Level.WARNING, line));
        loop.close();
        return empty && idle && problem.isEmpty();
    }

    private ReplayGuard replays(Home home) {
        boolean development = config.identity().hotkey().isEmpty();
        Path state = config.folders().state().orElse(home.state(development));
        ReplayGuard guard =
                ReplayGuard.open(
                        state,
                        who.miner().hotkey(),
                        who.fresh(),
                        ReplayGuard.Limits.of(config.auth().longestAge(), config.auth().skew()),
                        time);
        System.Logger.Level level =
                switch (guard.start().kind()) {
                    case FRESH, CLEAN -> System.Logger.Level.INFO;
                    case UNCLEAN -> System.Logger.Level.WARNING;
                };
        LOG.log(level, guard.start().line());
        return guard;
    }

    private List<ModelAdapter> openModels(Path cache) throws ModelLoadException {
        List<ModelAdapter> opened = new ArrayList<>();
        try {
            for (Config.Model model : config.models()) {
                var settings =
                        new ModelSettings(
                                model.name(),
                                model.source(),
                                model.maxTokens(),
                                model.device(),
                                model.engineThreads());
                opened.add(Models.open(settings, cache));
            }
            return opened;
        } catch (ModelLoadException e) {
            opened.forEach(ModelAdapter::close);
            throw e;
        }
    }

    private void startLanes(List<ModelAdapter> adapters) {
        for (int i = 0; i < adapters.size(); i++) {
            Config.Model model = config.models().get(i);
            var settings =
                    new LaneSettings(
                            model.batch(), model.engineThreads(), config.calls().queuedCost());
            lanes.add(Lane.start(adapters.get(i), settings, time));
        }
    }

    private static <T> T made(Soon<T> soon) throws StartFailed, InterruptedException {
        try {
            return soon.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof ModelLoadException wrong) {
                throw new StartFailed(wrong);
            }
            throw new IllegalStateException("a part of the start failed", e.getCause());
        }
    }

    private Gates gates() {
        Config.Auth auth = config.auth();
        Config.CallLimits limits = config.calls();
        var settings =
                new Gates.Settings(
                        auth.maxAge(),
                        auth.skew(),
                        auth.minStake(),
                        limits.ratePerCaller().isPresent()
                                ? OptionalDouble.of(limits.ratePerCaller().get())
                                : OptionalDouble.empty(),
                        limits.verifications(),
                        limits.verificationsQueued(),
                        auth.axonMaxAge());
        Map<String, HashFields> synapses = new HashMap<>();
        for (Config.RouteEntry entry : config.routes()) {
            entry.synapse().ifPresent(each -> synapses.put(entry.path(), each.hashFields()));
        }
        var parts = new Gates.Parts(who.miner(), who.roster(), who.apiKeys(), replays, synapses);
        return new Gates(settings, parts, time);
    }

    /// The hotkey's file, where the configuration names one.
    private Optional<WatchedHotkey> watchedHotkey(RotatingGates gates) {
        Config.Identity identity = config.identity();
        return identity.hotkey()
                .map(file ->
                        new WatchedHotkey(
                                file,
                                Who.passwords(identity, Passwords.Prompt.NOBODY),
                                who.miner().hotkey(),
                                next -> gates.rotate(next, identity.hotkeyGrace())));
    }

    private HttpFront front(Verifier gates, Meters meters) {
        Map<String, Task> tasks = new HashMap<>();
        Map<String, Endpoint> endpoints = new LinkedHashMap<>();
        for (Config.RouteEntry entry : config.routes()) {
            Task task = task(entry);
            tasks.put(task.name(), task);
            List<String> methods =
                    entry.synapse().isPresent() ? List.of("POST", "GET") : List.of("POST");
            endpoints.put(entry.path(), new Endpoint.Calls(route(entry, task), methods));
        }
        Task models = new ModelsTask(models(), time.epochNanos() / 1_000_000_000);
        tasks.put(models.name(), models);
        endpoints.put(MODELS, new Endpoint.Calls(listing(MODELS, models), List.of("GET")));
        capacity.ifPresent(told -> {
            tasks.put(told.name(), told);
            endpoints.put(CAPACITY, new Endpoint.Calls(listing(CAPACITY, told), List.of("GET")));
        });
        endpoints.put("/livez", new Endpoint.Page(Readiness::live));
        endpoints.put("/readyz", new Endpoint.Page(readiness::page));
        endpoints.put("/metrics", new Endpoint.Page(meters::page));

        Map<String, Lane> lanesByModel = new HashMap<>();
        lanes.forEach(lane -> lanesByModel.put(lane.adapter().info().name(), lane));
        var calls =
                new CallPath(
                        gates,
                        admission,
                        new Served(tasks, lanesByModel),
                        new ErrorReplies(),
                        time);
        return new HttpFront(httpSettings(), endpoints, calls, new Ledger(meters, refusals), loop);
    }

    private Task task(Config.RouteEntry entry) {
        List<ModelInfo> served =
                models().stream()
                        .filter(model -> model.purpose() instanceof Purpose.TextEmbedding)
                        .filter(model -> entry.model().map(model.name()::equals).orElse(true))
                        .toList();
        int texts = config.calls().texts();
        int textChars = config.calls().textChars();
        if (entry.synapse().isPresent()) {
            Config.Synapse synapse = entry.synapse().get();
            var names =
                    new SynapseEmbeddingsTask.Names(
                            synapse.texts(), synapse.embeddings(), synapse.stream());
            return new SynapseEmbeddingsTask(
                    synapse.name(), served.getFirst().name(), names, texts, textChars);
        }
        String name = entry.model().map(model -> entry.task() + ":" + model).orElse(entry.task());
        return new EmbeddingsTask(name, served, texts, textChars);
    }

    private Route route(Config.RouteEntry entry, Task task) {
        if (!entry.requireReceiver()) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "route %s takes requests signed for any miner; an answer may be fetched by proxy"
                            .formatted(entry.path()));
        }
        return new Route(
                entry.path(),
                task.name(),
                config.http().bodySize(),
                entry.deadline(),
                entry.requireReceiver(),
                entry.answers(),
                Set.of(),
                entry.synapse().map(Config.Synapse::allowStepBack).orElse(false));
    }

    private static Optional<Task> capacity(Optional<Path> configured) throws ConfigException {
        if (configured.isEmpty()) {
            return Optional.empty();
        }
        Path file = configured.get();
        try {
            return Optional.of(CapacityTask.read(file));
        } catch (NoSuchFileException e) {
            throw new ConfigException(file.toString(), List.of("there is no such file"));
        } catch (IOException e) {
            throw new ConfigException(file.toString(), List.of(String.valueOf(e.getMessage())));
        }
    }

    private Route listing(String path, Task task) {
        return new Route(path, task.name(), 0, longestDeadline(), true, Route.AnswerShape.KILN_1);
    }

    private HttpSettings httpSettings() {
        Config.HttpLimits http = config.http();
        return new HttpSettings(
                config.server().host(),
                config.server().port(),
                http.headerSize(),
                http.bodyTime(),
                http.idleTime(),
                http.bodies(),
                http.connections());
    }

    private Duration longestDeadline() {
        return config.routes().stream()
                .map(Config.RouteEntry::deadline)
                .max(Duration::compareTo)
                .orElseThrow();
    }

    private void watch(Gates gates, Meters meters) {
        lanes.forEach(meters::watch);
        meters.gauge("kiln.inside", "Calls inside now", admission::inside);
        meters.gauge(
                "kiln.ready",
                "1 while honest calls would be served",
                () -> readiness.state() == Readiness.State.READY ? 1 : 0);
        meters.gauge(
                "kiln.verifications.waiting",
                "Requests waiting for their signature to be checked",
                gates::verificationsWaiting);
        meters.gauge("kiln.replay.nonces", "Nonces held in memory", replays::remembered);
    }

    /// Has the files that may change looked at without waiting for the next second. Any thread; never blocks.
    void lookNow() {
        looks.release();
    }

    /// The watch thread: looks at the files of roster and hotkey and finishes the refusal log's seconds.
    private void look(RotatingGates gates, Optional<WatchedHotkey> hotkey) {
        try {
            while (true) {
                if (looks.tryAcquire(1, TimeUnit.SECONDS)) {
                    LOG.log(System.Logger.Level.INFO, "asked to look at roster and hotkey");
                }
                who.watched().ifPresent(roster -> roster.look());
                hotkey.ifPresent(WatchedHotkey::look);
                gates.forget();
                refusals.flush();
            }
        } catch (InterruptedException _) {
            LOG.log(System.Logger.Level.DEBUG, "the watch thread ends");
        }
    }

    private void stopLanes() {
        lanes.forEach(Lane::close);
    }
}
