package dev.kiln.server.rotation;

import dev.kiln.server.config.Config;
import dev.kiln.server.config.ConfigChange;
import dev.kiln.server.config.ConfigException;
import dev.kiln.server.config.ConfigSource;
import dev.kiln.server.config.Settled;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/// The configuration while serving: what differs from the file, and bringing what can be changed to life.
///
/// **Threads:** any; one reload at a time.
public final class Reload {
    private final Fleet fleet;
    private final Settled atStart;

    /// The file that is read when none is named. Guarded by this.
    private ConfigSource source;

    /// What an apply came to.
    ///
    /// @param restart keys that differ and need a restart
    /// @param refused why nothing was done; empty where all was
    public record Applied(List<Event> done, List<ConfigChange> restart, Optional<String> refused) {}

    public Reload(Fleet fleet, ConfigSource source, Settled atStart) {
        this.fleet = fleet;
        this.source = source;
        this.atStart = atStart;
    }

    /// What differs between what runs and the file.
    ///
    /// @param file another one than the server was started with
    public synchronized List<ConfigChange> diff(Optional<Path> file) throws ConfigException {
        return differences(at(file).read());
    }

    /// Swaps, adds and removes every model that differs, or none if one of them cannot be; what needs a restart is left
    /// alone. A file that was named and applied is the one read from then on.
    public synchronized Applied apply(Optional<Path> file, Consumer<String> progress)
            throws ConfigException, InterruptedException {
        Settled wanted = at(file).read();
        List<ConfigChange> restart = new ArrayList<>();
        Set<String> live = new LinkedHashSet<>();
        for (ConfigChange change : differences(wanted)) {
            if (change.live()) {
                live.add(change.model());
            } else {
                restart.add(change);
            }
        }
        try {
            List<Event> done = fleet.turnOver(plan(wanted.config().models(), live), progress);
            source = at(file);
            return new Applied(done, restart, Optional.empty());
        } catch (NotDone reason) {
            return new Applied(
                    List.of(), restart, Optional.of(String.valueOf(reason.getMessage())));
        }
    }

    private Turnover.Plan plan(List<Config.Model> wanted, Set<String> live) {
        List<Config.Model> swapped = new ArrayList<>();
        List<Config.Model> added = new ArrayList<>();
        Set<String> removed = new LinkedHashSet<>(live);
        for (Config.Model model : wanted) {
            if (removed.remove(model.name())) {
                (fleet.post(model.name()).isPresent() ? swapped : added).add(model);
            }
        }
        List<String> order = wanted.stream().map(Config.Model::name).toList();
        return new Turnover.Plan(swapped, added, List.copyOf(removed), order);
    }

    /// What a candidate is to be: what the file says of this name, from another source where one is named.
    public synchronized Config.Model candidate(String name, Optional<String> from)
            throws ConfigException, NotDone {
        List<Config.Model> models = source.read().config().models();
        for (int i = 0; i < models.size(); i++) {
            if (models.get(i).name().equals(name)) {
                if (from.isEmpty()) {
                    return models.get(i);
                }
                String set = "models[%d].source=%s".formatted(i, from.get());
                return source.with(set).read().config().models().get(i);
            }
        }
        throw new NotDone("the configuration names no model " + name);
    }

    private ConfigSource at(Optional<Path> file) {
        return file.map(source::of).orElse(source);
    }

    private List<ConfigChange> differences(Settled wanted) {
        List<Config.Model> running = fleet.posts().stream().map(Post::running).toList();
        return ConfigChange.between(atStart, running, wanted);
    }
}
