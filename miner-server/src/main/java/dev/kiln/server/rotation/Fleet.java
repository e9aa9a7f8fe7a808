package dev.kiln.server.rotation;

import dev.kiln.adapter.catalog.ModelLoadException;
import dev.kiln.core.Lane;
import dev.kiln.core.Slot;
import dev.kiln.core.Time;
import dev.kiln.core.model.ModelInfo;
import dev.kiln.server.config.Config;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/// Every model that is served, by name.
///
/// **Threads:** any; [#close] blocks until lanes have finished.
public final class Fleet implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Fleet.class.getName());
    private static final Duration LOOK_EVERY = Duration.ofMillis(200);
    private static final Duration LAST_RUNS = Duration.ofSeconds(30);

    private final Map<String, Post> posts = new LinkedHashMap<>();
    private final Map<String, Recovery> recoveries = new LinkedHashMap<>();
    private final Departures departures = new Departures();
    private final Thread keeper;

    /// What a fleet needs around it.
    ///
    /// @param freeBytes memory that is to be had now
    /// @param bounds on one model's work
    public record Parts(
            ModelOpener opener,
            History history,
            LongSupplier freeBytes,
            Config.Lanes bounds,
            Time time) {}

    private Fleet() {
        this.keeper = Thread.ofPlatform().daemon().name("keeper").unstarted(this::keep);
    }

    /// Opens every model and looks after it from then on.
    public static Fleet open(List<Config.Model> models, Parts parts) throws ModelLoadException {
        Fleet fleet = new Fleet();
        var loader = new Loader(parts.opener(), parts.bounds(), parts.freeBytes(), parts.time());
        boolean opened = false;
        try {
            for (Config.Model model : models) {
                Post post =
                        new Post(
                                loader.first(model),
                                loader,
                                parts.history(),
                                fleet.departures,
                                parts.time());
                fleet.posts.put(model.name(), post);
                fleet.recoveries.put(
                        model.name(),
                        new Recovery(post, fleet.departures, parts.bounds(), parts.time()));
            }
            opened = true;
            fleet.keeper.start();
            return fleet;
        } finally {
            if (!opened) {
                fleet.posts.values().forEach(post -> post.slot().lane().ifPresent(Lane::close));
            }
        }
    }

    /// All of them, in the order of the configuration.
    public List<Post> posts() {
        return List.copyOf(posts.values());
    }

    /// One of them.
    public Optional<Post> post(String name) {
        return Optional.ofNullable(posts.get(name));
    }

    /// Who answers under which name.
    public Map<String, Slot> slots() {
        Map<String, Slot> slots = new LinkedHashMap<>();
        posts.forEach((name, post) -> slots.put(name, post.slot()));
        return slots;
    }

    /// What answers now, or answered last.
    public List<ModelInfo> models() {
        return posts.values().stream().map(post -> post.slot().model()).toList();
    }

    /// Whether the model of this name answers now; not while it is being rebuilt, and not if there is none.
    public boolean answers(String name) {
        Post post = posts.get(name);
        return post != null && post.slot().lane().isPresent();
    }

    /// How often rebuilt models of this name came back.
    public long recoveries(String name) {
        Recovery recovery = recoveries.get(name);
        return recovery == null ? 0 : recovery.recoveries();
    }

    /// How many runs of this name were found to hang.
    public long hangs(String name) {
        Recovery recovery = recoveries.get(name);
        return recovery == null ? 0 : recovery.hangs();
    }

    /// What the golden samples of a name's models have shown while they served.
    public Proof proof(String name) {
        Recovery recovery = recoveries.get(name);
        return recovery == null ? Proof.NONE : recovery.proof();
    }

    /// Finishes what waits and closes every model; a run that hangs is left behind.
    @Override
    public void close() {
        keeper.interrupt();
        posts.values()
                .forEach(post -> {
                    post.slot().lane().ifPresent(departures::leave);
                    post.attempt()
                            .filter(Attempt::on)
                            .ifPresent(attempt -> departures.leave(attempt.candidate().lane()));
                });
        try {
            departures.await(LAST_RUNS);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private void keep() {
        try {
            while (true) {
                Thread.sleep(LOOK_EVERY);
                recoveries.values().forEach(Fleet::look);
            }
        } catch (InterruptedException _) {
            LOG.log(System.Logger.Level.DEBUG, "the keeper ends");
        }
    }

    private static void look(Recovery recovery) {
        try {
            recovery.look();
        } catch (RuntimeException bug) {
            LOG.log(System.Logger.Level.ERROR, "looking after a model failed", bug);
        }
    }
}
