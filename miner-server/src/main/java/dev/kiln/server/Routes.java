package dev.kiln.server;

import dev.kiln.core.Route;
import dev.kiln.core.Task;
import dev.kiln.core.Time;
import dev.kiln.core.model.ModelInfo;
import dev.kiln.server.config.Config;
import dev.kiln.server.http.Endpoint;
import dev.kiln.server.task.DeadlineField;
import dev.kiln.server.task.ModelsTask;
import dev.kiln.server.task.Setting;
import dev.kiln.server.task.SynapseEmbeddingsTask;
import dev.kiln.server.task.Tasks;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;

/// Every path that takes calls, and the tasks behind them, made from the configuration.
final class Routes {
    private static final System.Logger LOG = System.getLogger(Routes.class.getName());
    private static final String MODELS = "/v1/models";
    private static final String CAPACITY = "/v1/capacity";

    private final Config config;
    private final Supplier<List<ModelInfo>> models;
    private final Predicate<String> answers;
    private final Time time;
    private final Map<String, Task> tasks = new HashMap<>();
    private final Map<String, Endpoint> endpoints = new LinkedHashMap<>();

    /// Paths under which the Open Inference Protocol is spoken.
    private final List<String> trees = new ArrayList<>();

    /// @param models those served now
    /// @param answers whether the model of a name answers at this moment
    /// @throws StartFailed if a route's model is for something else than its task
    Routes(Config config, Supplier<List<ModelInfo>> models, Predicate<String> answers, Time time)
            throws StartFailed {
        this.config = config;
        this.models = models;
        this.answers = answers;
        this.time = time;
        for (Config.RouteEntry entry : config.routes()) {
            Tasks.Kind kind = kind(entry);
            Task task = task(entry, kind);
            tasks.put(task.name(), task);
            boolean get = entry.synapse().isPresent() || kind.tree();
            List<String> methods = get ? List.of("POST", "GET") : List.of("POST");
            endpoints.put(
                    entry.path(),
                    new Endpoint.Calls(route(entry, task), methods, task.media(), kind.tree()));
            if (kind.tree()) {
                trees.add(entry.path());
            }
        }
        list(MODELS, new ModelsTask(models, time.epochNanos() / 1_000_000_000));
    }

    /// Also serves what was measured of this miner's capacity.
    void tellCapacity(Task measured) {
        list(CAPACITY, measured);
    }

    /// By name; every endpoint's is among them.
    Map<String, Task> tasks() {
        return tasks;
    }

    /// By path.
    Map<String, Endpoint> endpoints() {
        return endpoints;
    }

    /// What clients of the Open Inference Protocol look at before they ask; for everybody, as all pages are.
    Map<String, Endpoint> health(Readiness readiness) {
        Map<String, Endpoint> pages = new LinkedHashMap<>();
        for (String tree : trees) {
            pages.put(tree + "/health/live", new Endpoint.Page(Readiness::live));
            pages.put(tree + "/health/ready", new Endpoint.Page(readiness::wholePage));
        }
        return pages;
    }

    /// The longest that a call of any route may take.
    static Duration longestDeadline(Config config) {
        return config.routes().stream()
                .map(Config.RouteEntry::deadline)
                .max(Duration::compareTo)
                .orElseThrow();
    }

    private Tasks.Kind kind(Config.RouteEntry entry) throws StartFailed {
        Tasks.Kind kind = Tasks.named(entry.task()).orElseThrow();
        for (ModelInfo model : models.get()) {
            if (entry.model().map(model.name()::equals).orElse(false) && !kind.asks(model)) {
                throw new StartFailed(
                        "route %s: %s is no model for %s"
                                .formatted(entry.path(), model.name(), kind.name()));
            }
        }
        return kind;
    }

    private Task task(Config.RouteEntry entry, Tasks.Kind kind) {
        Config.CallLimits calls = config.calls();
        var limits =
                new Setting.Limits(
                        calls.texts(),
                        calls.textChars(),
                        calls.streams().all(),
                        calls.streams().perCaller(),
                        calls.streams().idle());
        String name = entry.synapse().map(Config.Synapse::name).orElse(entry.path());
        var setting = new Setting(name, entry.path(), () -> models(entry), answers, limits, time);
        if (entry.synapse().isPresent()) {
            Config.Synapse synapse = entry.synapse().get();
            var names =
                    new SynapseEmbeddingsTask.Names(
                            synapse.texts(), synapse.embeddings(), synapse.stream());
            return new SynapseEmbeddingsTask(setting, names);
        }
        Task task = kind.make().apply(setting);
        return entry.patience()
                .field()
                .<Task>map(field -> new DeadlineField(task, field, kind.tree()))
                .orElse(task);
    }

    private List<ModelInfo> models(Config.RouteEntry entry) {
        List<ModelInfo> all = models.get();
        return entry.model().isEmpty()
                ? all
                : all.stream().filter(model -> model.name().equals(entry.model().get())).toList();
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
                entry.synapse().map(Config.Synapse::allowStepBack).orElse(false),
                entry.patience());
    }

    private void list(String path, Task task) {
        tasks.put(task.name(), task);
        var route =
                new Route(
                        path,
                        task.name(),
                        0,
                        longestDeadline(config),
                        true,
                        Route.AnswerShape.KILN_1);
        endpoints.put(path, new Endpoint.Calls(route, List.of("GET")));
    }
}
