package dev.kiln.server;

import dev.kiln.core.Route;
import dev.kiln.core.Task;
import dev.kiln.core.Time;
import dev.kiln.core.model.ModelInfo;
import dev.kiln.core.model.Purpose;
import dev.kiln.server.config.Config;
import dev.kiln.server.http.Endpoint;
import dev.kiln.server.task.EmbeddingsTask;
import dev.kiln.server.task.ModelsTask;
import dev.kiln.server.task.SynapseEmbeddingsTask;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/// Every path that takes calls, and the tasks behind them, made from the configuration.
final class Routes {
    private static final System.Logger LOG = System.getLogger(Routes.class.getName());
    private static final String MODELS = "/v1/models";

    private final Config config;
    private final Supplier<List<ModelInfo>> models;
    private final Map<String, Task> tasks = new HashMap<>();
    private final Map<String, Endpoint> endpoints = new LinkedHashMap<>();

    /// @param models those served now
    Routes(Config config, Supplier<List<ModelInfo>> models, Time time) {
        this.config = config;
        this.models = models;
        for (Config.RouteEntry entry : config.routes()) {
            Task task = task(entry);
            tasks.put(task.name(), task);
            List<String> methods =
                    entry.synapse().isPresent() ? List.of("POST", "GET") : List.of("POST");
            endpoints.put(entry.path(), new Endpoint.Calls(route(entry, task), methods));
        }
        Task listing = new ModelsTask(models.get(), time.epochNanos() / 1_000_000_000);
        tasks.put(listing.name(), listing);
        endpoints.put(MODELS, new Endpoint.Calls(modelsRoute(listing), List.of("GET")));
    }

    /// By name; every endpoint's is among them.
    Map<String, Task> tasks() {
        return tasks;
    }

    /// By path.
    Map<String, Endpoint> endpoints() {
        return endpoints;
    }

    /// The longest that a call of any route may take.
    static Duration longestDeadline(Config config) {
        return config.routes().stream()
                .map(Config.RouteEntry::deadline)
                .max(Duration::compareTo)
                .orElseThrow();
    }

    private Task task(Config.RouteEntry entry) {
        List<ModelInfo> served =
                models.get().stream()
                        .filter(model -> model.purpose() instanceof Purpose.TextEmbedding)
                        .filter(model -> entry.model().map(model.name()::equals).orElse(true))
                        .toList();
        int texts = config.calls().texts();
        int textChars = config.calls().textChars();
        if (entry.synapse().isPresent()) {
            Config.Synapse synapse = entry.synapse().get();
            var names = new SynapseEmbeddingsTask.Names(synapse.texts(), synapse.embeddings());
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

    private Route modelsRoute(Task task) {
        return new Route(
                MODELS, task.name(), 0, longestDeadline(config), true, Route.AnswerShape.KILN_1);
    }
}
