package dev.kiln.server;

import dev.kiln.adapter.catalog.ModelLoadException;
import dev.kiln.bittensor.wire.ReplayGuard;
import dev.kiln.core.Admission;
import dev.kiln.core.CallPath;
import dev.kiln.core.Served;
import dev.kiln.core.Sharing;
import dev.kiln.core.Slot;
import dev.kiln.core.Task;
import dev.kiln.core.Time;
import dev.kiln.core.Usage;
import dev.kiln.core.model.ModelInfo;
import dev.kiln.server.admin.AdminApi;
import dev.kiln.server.admin.AdminServer;
import dev.kiln.server.admin.CallersApi;
import dev.kiln.server.config.Config;
import dev.kiln.server.config.ConfigException;
import dev.kiln.server.config.ConfigSource;
import dev.kiln.server.config.Home;
import dev.kiln.server.config.Settled;
import dev.kiln.server.http.CallObserver;
import dev.kiln.server.http.Endpoint;
import dev.kiln.server.http.ErrorReplies;
import dev.kiln.server.http.EventLoop;
import dev.kiln.server.http.HttpFront;
import dev.kiln.server.http.HttpSettings;
import dev.kiln.server.metrics.CallerTable;
import dev.kiln.server.metrics.EveryOther;
import dev.kiln.server.metrics.Ledger;
import dev.kiln.server.metrics.Meters;
import dev.kiln.server.metrics.ProcessMemory;
import dev.kiln.server.metrics.RefusalLog;
import dev.kiln.server.rotation.Fleet;
import dev.kiln.server.rotation.History;
import dev.kiln.server.rotation.LaneBounds;
import dev.kiln.server.rotation.ModelOpener;
import dev.kiln.server.rotation.Reload;
import dev.kiln.server.task.CapacityTask;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/// A running miner: everything is built here, from the configuration down to the socket, by calling constructors.
///
/// **Threads:** see `docs/threads.md`.
final class Miner {
    private static final System.Logger LOG = System.getLogger(Miner.class.getName());
    private static final int REFUSAL_LINES_PER_SECOND = 5;
    private static final Duration BEYOND_DEADLINE = Duration.ofSeconds(2);

    private final Config config;
    private final Entrance entrance;
    private final Time time = Time.SYSTEM;
    private final Optional<Task> capacity;
    private final Usage usage = new Usage();
    private final CallerTable callerTable = new CallerTable();
    private final Fleet fleet;
    private final Reload reload;
    private final Optional<AdminServer> admin;
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
    private final StateFolder folder;
    private final int port;

    private Miner(ConfigSource source, Home home, ModelOpener opener, StateFolder folder)
            throws ConfigException, StartFailed, InterruptedException {
        Settled settled = source.read();
        this.config = settled.config();
        this.folder = folder;
        Path state = folder.folder();
        var history = new History(state.resolve("models.jsonl"));
        // The model takes longest to load; what else is slow to load is loaded beside it.
        var fleetSoon = new Soon<>("start-models", () -> openFleet(opener, history));
        var loopSoon = new Soon<>("start-http", () -> EventLoop.start(time));
        var foretelling = new Foretelling(config.routes(), this::slots);
        this.entrance = new Entrance(config, home, state, foretelling, time);
        this.capacity = capacity(config.folders().capacity(), this::fellBack);
        this.admission = new Admission(config.calls().calls(), config.calls().callsPerCaller());
        Meters meters = new Meters();
        this.loop = made(loopSoon);
        this.fleet = made(fleetSoon);
        this.reload = new Reload(fleet, source, settled);
        this.readiness =
                new Readiness(
                        new Readiness.Parts(
                                entrance.replays(),
                                entrance.who().watched(),
                                () -> fleet.slots().values(),
                                fleet::proof,
                                entrance::storeAway,
                                time));
        this.front = front(meters);
        watch(meters);
        boolean open = false;
        try {
            this.port = front.start();
            this.admin =
                    admin(
                            state,
                            history,
                            new CallersApi(callerTable, usage, admission, entrance.callerClocks()));
            open = true;
        } catch (IOException e) {
            throw new StartFailed(
                    e.getMessage() + "; choose another with --port N, or 0 for a free one", e);
        } finally {
            if (!open) {
                fleet.close();
                loop.close();
            }
        }
        Thread.ofPlatform().daemon().name("watch").start(this::look);
    }

    /// Builds everything and listens. Not ready before [#awaitReady].
    ///
    /// @throws ConfigException if the configuration or a file it names is wrong, or another server uses its state folder
    /// @throws StartFailed if a model cannot be loaded or the port is taken
    static Miner start(ConfigSource source, Home home)
            throws ConfigException, StartFailed, InterruptedException {
        Path cache = source.read().config().folders().cache().orElse(home.cache());
        return start(source, home, new CatalogOpener(cache));
    }

    /// The same with models from elsewhere.
    static Miner start(ConfigSource source, Home home, ModelOpener opener)
            throws ConfigException, StartFailed, InterruptedException {
        Config config = source.read().config();
        Path state = config.folders().state().orElse(home.state(development(config)));
        StateFolder folder = StateFolder.take(state);
        boolean started = false;
        try {
            Miner miner = new Miner(source, home, opener, folder);
            started = true;
            return miner;
        } finally {
            if (!started) {
                folder.close();
            }
        }
    }

    int port() {
        return port;
    }

    Who who() {
        return entrance.who();
    }

    List<ModelInfo> models() {
        return fleet.models();
    }

    Config config() {
        return config;
    }

    Fleet fleet() {
        return fleet;
    }

    /// Looks at every file that may have changed: roster and hotkey, and the configuration, whose models are swapped
    /// where they differ. Any thread; never blocks.
    void hangUp() {
        looks.release();
        Reloading.now(reload);
    }

    /// Waits until honest calls would be served, which a restart may delay by the allowed clock skew.
    void awaitReady() throws InterruptedException {
        ReplayGuard replays = entrance.replays();
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
        boolean empty = admission.awaitEmpty(Routes.longestDeadline(config).plus(BEYOND_DEADLINE));
        boolean idle = front.awaitIdle(BEYOND_DEADLINE);
        admin.ifPresent(AdminServer::close);
        fleet.close();
        var problem = entrance.stop();
        problem.ifPresent(line -> LOG.log(System.Logger.Level.WARNING, line));
        loop.close();
        folder.close();
        return empty && idle && problem.isEmpty();
    }

    private Map<String, Slot> slots() {
        return fleet.slots();
    }

    private static boolean development(Config config) {
        return config.identity().hotkey().isEmpty();
    }

    private Fleet openFleet(ModelOpener opener, History history) throws ModelLoadException {
        var parts =
                new Fleet.Parts(
                        opener, history, CatalogOpener::freeBytes, config.calls().lanes(), time);
        Config.Lanes lanes = config.calls().lanes();
        Config.Scheduling scheduling = lanes.scheduling();
        var sharing =
                new Sharing(
                        scheduling.policy(), scheduling.floor(), scheduling.apiKeyWeight(), usage);
        return Fleet.open(config.models(), new LaneBounds(lanes, sharing), parts);
    }

    /// A miner that nobody configured an admin port for serves without one where it cannot be had.
    private Optional<AdminServer> admin(Path state, History history, CallersApi callers)
            throws StartFailed {
        Config.Admin settings = config.server().admin();
        if (!settings.enabled()) {
            return Optional.empty();
        }
        try {
            return Optional.of(
                    AdminServer.start(
                            settings, state, new AdminApi(fleet, reload, history, callers)));
        } catch (IOException e) {
            String line = "no admin port: %s; admin.enabled: false does without".formatted(e);
            if (settings.token().isPresent() || settings.port() != 0) {
                throw new StartFailed(line, e);
            }
            LOG.log(System.Logger.Level.WARNING, line);
            return Optional.empty();
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

    private HttpFront front(Meters meters) throws StartFailed {
        var routes = new Routes(config, this::models, name -> fleet().answers(name), time);
        capacity.ifPresent(routes::tellCapacity);
        Map<String, Endpoint> endpoints = new LinkedHashMap<>(routes.endpoints());
        endpoints.putAll(routes.health(readiness));
        endpoints.put("/livez", new Endpoint.Page(Readiness::live));
        endpoints.put("/readyz", new Endpoint.Page(readiness::page));
        endpoints.put("/metrics", new Endpoint.Page(meters::page));

        var calls =
                new CallPath(
                        entrance.verifier(),
                        admission,
                        new Served(routes.tasks(), fleet::slots),
                        new ErrorReplies(),
                        time);
        var ledger = new Ledger(meters.calls(), callerTable, refusals);
        // What observing costs is measured so: docs/pressure.md.
        CallObserver observer =
                Boolean.getBoolean("kiln.observe-by-turns") ? new EveryOther(ledger) : ledger;
        return new HttpFront(httpSettings(), endpoints, calls, observer, loop);
    }

    /// Whether anything computes elsewhere than was promised.
    private boolean fellBack() {
        return fleet.slots().values().stream().anyMatch(slot -> slot.sites().degraded());
    }

    private static Optional<Task> capacity(Optional<Path> configured, BooleanSupplier fellBack)
            throws ConfigException {
        if (configured.isEmpty()) {
            return Optional.empty();
        }
        Path file = configured.get();
        try {
            return Optional.of(CapacityTask.read(file, fellBack));
        } catch (NoSuchFileException e) {
            throw new ConfigException(file.toString(), List.of("there is no such file"));
        } catch (IOException e) {
            throw new ConfigException(file.toString(), List.of(String.valueOf(e.getMessage())));
        }
    }

    private static HttpSettings.Refusals refusals(Config.Refusals most) {
        long toCallers = (long) most.perCore() * Runtime.getRuntime().availableProcessors();
        return new HttpSettings.Refusals(
                most.perSecond(), most.perCaller(), Math.clamp(toCallers, 1, Integer.MAX_VALUE));
    }

    private HttpSettings httpSettings() {
        Config.HttpLimits http = config.http();
        return new HttpSettings(
                config.server().host(),
                config.server().port(),
                http.headerSize(),
                new HttpSettings.Waits(http.bodyTime(), http.readTime(), http.idleTime()),
                http.bodies(),
                http.unreadReplies(),
                http.connections(),
                refusals(http.refusals()));
    }

    private void watch(Meters meters) {
        fleet.watch(new Watching(fleet, meters, time));
        ProcessMemory.watch(meters);
        meters.watch(usage);
        meters.gauge("kiln.inside", "Calls inside now", admission::inside);
        meters.gauge(
                "kiln.ready",
                "1 while honest calls would be served",
                () -> readiness.ready() ? 1 : 0);
        FrontGauges.watch(meters, () -> front);
        entrance.watch(meters);
    }

    /// The watch thread: looks at the files of roster and hotkey and finishes the refusal log's seconds.
    private void look() {
        try {
            while (true) {
                if (looks.tryAcquire(1, TimeUnit.SECONDS)) {
                    LOG.log(System.Logger.Level.INFO, "asked to look at roster and hotkey");
                }
                entrance.look();
                refusals.flush();
            }
        } catch (InterruptedException _) {
            LOG.log(System.Logger.Level.DEBUG, "the watch thread ends");
        }
    }
}
