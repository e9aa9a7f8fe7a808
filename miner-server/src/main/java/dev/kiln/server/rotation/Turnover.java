package dev.kiln.server.rotation;

import dev.kiln.server.config.Config;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/// Several names brought to what a configuration says: everything is loaded and in order before anything changes.
///
/// **Threads:** one at a time, a platform thread.
final class Turnover {
    private final Fleet fleet;
    private final Loader loader;
    private final Plan plan;
    private final List<Ready> ready = new ArrayList<>();
    private final List<Loaded> added = new ArrayList<>();
    private final List<String> removed = new ArrayList<>();

    /// What is to be.
    ///
    /// @param swapped models that take the place of those of their names
    /// @param added models under new names
    /// @param removed names that are not served any more
    /// @param order all names as they are to be listed
    record Plan(
            List<Config.Model> swapped,
            List<Config.Model> added,
            List<String> removed,
            List<String> order) {
        Plan {
            swapped = List.copyOf(swapped);
            added = List.copyOf(added);
            removed = List.copyOf(removed);
            order = List.copyOf(order);
        }
    }

    Turnover(Fleet fleet, Loader loader, Plan plan) {
        this.fleet = fleet;
        this.loader = loader;
        this.plan = plan;
    }

    /// Does all of it, or nothing.
    ///
    /// @throws NotDone with the name that was in the way, and why
    List<Event> make(Consumer<String> progress) throws NotDone, InterruptedException {
        boolean inOrder = false;
        try {
            prepare(progress);
            inOrder = true;
        } finally {
            if (!inOrder) {
                ready.forEach(Ready::leave);
                added.forEach(fleet::dismiss);
            }
        }
        List<Event> events = new ArrayList<>();
        fleet.leave(removed);
        ready.forEach(change -> events.add(change.go()));
        events.addAll(fleet.join(added, plan.order()));
        return events;
    }

    private void prepare(Consumer<String> progress) throws NotDone, InterruptedException {
        for (String name : plan.removed()) {
            ready.add(about(name, post(name)::toRetire));
            removed.add(name);
        }
        for (Config.Model model : plan.swapped()) {
            Post post = post(model.name());
            ready.add(about(model.name(), () -> post.toSwap(model, progress)));
        }
        for (Config.Model model : plan.added()) {
            added.add(
                    about(
                            model.name(),
                            () -> loader.later(model, Loader.Order.added(model), progress)));
        }
    }

    private Post post(String name) throws NotDone {
        Optional<Post> post = fleet.post(name);
        return post.orElseThrow(() -> new NotDone(name + ": is not served any more"));
    }

    private interface Step<T> {
        T take() throws NotDone, InterruptedException;
    }

    private static <T> T about(String name, Step<T> step) throws NotDone, InterruptedException {
        try {
            return step.take();
        } catch (NotDone reason) {
            throw new NotDone("%s: %s".formatted(name, reason.getMessage()));
        }
    }
}
