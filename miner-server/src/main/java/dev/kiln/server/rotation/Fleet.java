package dev.kiln.server.rotation;

import dev.kiln.adapter.catalog.ModelLoadException;
import dev.kiln.core.Lane;
import dev.kiln.core.Slot;
import dev.kiln.core.Time;
import dev.kiln.core.model.ModelInfo;
import dev.kiln.natives.NativeHeap;
import dev.kiln.server.config.Config;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/// Every model that is served, by name. Names come and go: who looks sees one snapshot of them.
///
/// **Threads:** any; [#close] blocks until lanes have finished.
public final class Fleet implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Fleet.class.getName());
    private static final Duration LOOK_EVERY = Duration.ofMillis(200);
    private static final Duration LAST_RUNS = Duration.ofSeconds(30);

    private final Post.Parts posts;
    private final Departures departures = new Departures();
    private final Config.Lanes lanes;
    private final Thread keeper;

    /// Replaced whole, by one thread at a time: the starting one, then whoever reloads.
    private volatile Members members = new Members(Map.of());

    /// Told of names; set once, before any comes later.
    private volatile Watcher watcher = Watcher.NOBODY;

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

    /// Told which names are served.
    public interface Watcher {
        Watcher NOBODY =
                new Watcher() {
                    @Override
                    public void came(Slot slot) {}

                    @Override
                    public void left(Slot slot) {}
                };

        void came(Slot slot);

        void left(Slot slot);
    }

    private record Member(Post post, Care care) {}

    /// One snapshot.
    private static final class Members {
        private final Map<String, Member> byName;
        private final Map<String, Slot> slots;

        Members(Map<String, Member> byName) {
            this.byName = Collections.unmodifiableMap(new LinkedHashMap<>(byName));
            Map<String, Slot> named = new LinkedHashMap<>();
            byName.forEach((name, member) -> named.put(name, member.post().slot()));
            this.slots = Collections.unmodifiableMap(named);
        }
    }

    private Fleet(LaneBounds bounds, Parts parts) {
        var loader = new Loader(parts.opener(), bounds, parts.freeBytes(), parts.time());
        this.posts = new Post.Parts(loader, parts.history(), departures, parts.time());
        this.lanes = parts.bounds();
        this.keeper = Thread.ofPlatform().daemon().name("keeper").unstarted(this::keep);
    }

    /// Opens every model and looks after it from then on.
    public static Fleet open(List<Config.Model> models, LaneBounds bounds, Parts parts)
            throws ModelLoadException {
        NativeHeap.settle();
        Fleet fleet = new Fleet(bounds, parts);
        List<Loaded> first = new ArrayList<>();
        boolean opened = false;
        try {
            for (Config.Model model : models) {
                first.add(fleet.posts.loader().first(model));
            }
            opened = true;
        } finally {
            if (!opened) {
                first.forEach(loaded -> loaded.lanes().forEach(Lane::close));
            }
        }
        fleet.join(first, Event.What.STARTED, models.stream().map(Config.Model::name).toList());
        fleet.keeper.start();
        return fleet;
    }

    /// All of them, in the order of the configuration.
    public List<Post> posts() {
        return members.byName.values().stream().map(Member::post).toList();
    }

    /// One of them.
    public Optional<Post> post(String name) {
        return Optional.ofNullable(members.byName.get(name)).map(Member::post);
    }

    /// Who answers under which name now; an immutable snapshot, in the order of the configuration.
    public Map<String, Slot> slots() {
        return members.slots;
    }

    /// What answers now, or answered last.
    public List<ModelInfo> models() {
        Collection<Slot> slots = slots().values();
        List<ModelInfo> models = new ArrayList<>(slots.size());
        for (Slot slot : slots) {
            models.add(slot.model());
        }
        return Collections.unmodifiableList(models);
    }

    /// Whether the model of this name answers now; not while it is being rebuilt, and not if there is none.
    public boolean answers(String name) {
        Slot slot = slots().get(name);
        return slot != null && slot.lane().isPresent();
    }

    /// How often rebuilt models of this name came back.
    public long recoveries(String name) {
        return care(name).map(Care::recoveries).orElse(0L);
    }

    /// How many runs of this name were found to hang.
    public long hangs(String name) {
        return care(name).map(Care::hangs).orElse(0L);
    }

    private Optional<Care> care(String name) {
        return Optional.ofNullable(members.byName.get(name)).map(Member::care);
    }

    /// Tells of the names that are served, and of those that come and go from here on.
    public void watch(Watcher told) {
        watcher = told;
        slots().values().forEach(told::came);
    }

    /// Brings all names to what is planned, or none. One caller at a time.
    List<Event> turnOver(Turnover.Plan plan, Consumer<String> progress)
            throws NotDone, InterruptedException {
        return new Turnover(this, posts.loader(), plan).make(progress);
    }

    /// Serves these too.
    List<Event> join(List<Loaded> more, List<String> order) {
        return join(more, Event.What.ADDED, order);
    }

    private List<Event> join(List<Loaded> more, Event.What how, List<String> order) {
        Map<String, Member> all = new LinkedHashMap<>(members.byName);
        List<Event> events = new ArrayList<>();
        for (Loaded loaded : more) {
            Post post = new Post(loaded, posts);
            all.put(
                    loaded.model().name(),
                    new Member(post, new Care(post, departures, lanes, posts.time())));
            watcher.came(post.slot());
        }
        Map<String, Member> ordered = new LinkedHashMap<>();
        for (String name : order) {
            Member member = all.remove(name);
            if (member != null) {
                ordered.put(name, member);
            }
        }
        ordered.putAll(all);
        members = new Members(ordered);
        more.forEach(loaded ->
                post(loaded.model().name()).ifPresent(post -> events.add(post.first(how, loaded))));
        return events;
    }

    /// Names these no more; who has one of them already may finish with it.
    void leave(List<String> names) {
        Map<String, Member> rest = new LinkedHashMap<>(members.byName);
        names.forEach(name -> {
            Member gone = rest.remove(name);
            if (gone != null) {
                watcher.left(gone.post().slot());
            }
        });
        members = new Members(rest);
    }

    /// Sends away what was loaded and is not to be served.
    void dismiss(Loaded loaded) {
        departures.leave(loaded.lanes());
    }

    /// What the golden samples of a name's models have shown while they served.
    public Proof proof(String name) {
        return care(name).map(Care::proof).orElse(Proof.NONE);
    }

    /// Finishes what waits and closes every model; a run that hangs is left behind.
    @Override
    public void close() {
        keeper.interrupt();
        posts().forEach(post -> {
            departures.leave(post.slot().sites().lanes());
            post.attempt()
                    .filter(Attempt::on)
                    .ifPresent(attempt -> departures.leave(attempt.candidate().lanes()));
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
                Collection<Member> now = members.byName.values();
                now.forEach(member -> look(member.care()));
            }
        } catch (InterruptedException _) {
            LOG.log(System.Logger.Level.DEBUG, "the keeper ends");
        }
    }

    private static void look(Care care) {
        try {
            care.look();
        } catch (RuntimeException bug) {
            LOG.log(System.Logger.Level.ERROR, "looking after a model failed", bug);
        }
    }
}
