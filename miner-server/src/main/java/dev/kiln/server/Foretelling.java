package dev.kiln.server;

import dev.kiln.bittensor.wire.Foretold;
import dev.kiln.core.Caller;
import dev.kiln.core.Deadline;
import dev.kiln.core.Route;
import dev.kiln.core.Slot;
import dev.kiln.core.Terms;
import dev.kiln.server.config.Config;
import dev.kiln.server.task.Tasks;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/// Tells how long the lanes behind a route would take for a small call: of the models that it may ask, the quickest,
/// because the body that names one is not believed yet.
///
/// **Threads:** any.
final class Foretelling implements Foretold {
    private final Map<String, Config.RouteEntry> entries = new HashMap<>();
    private final Supplier<Map<String, Slot>> slots;

    /// @param slots those of the moment, by the names of their models
    Foretelling(List<Config.RouteEntry> entries, Supplier<Map<String, Slot>> slots) {
        entries.forEach(entry -> this.entries.put(entry.path(), entry));
        this.slots = slots;
    }

    @Override
    public long nanos(Route route, Caller claimed, Deadline due) {
        Config.RouteEntry entry = entries.get(route.path());
        if (entry == null) {
            return 0;
        }
        Terms terms = new Terms(claimed, due);
        return slots.get().values().stream()
                .filter(slot -> asks(entry, slot))
                .mapToLong(slot -> slot.foretell(terms))
                .min()
                .orElse(0);
    }

    private static boolean asks(Config.RouteEntry entry, Slot slot) {
        return entry.model()
                .map(slot.name()::equals)
                .orElseGet(() ->
                        Tasks.named(entry.task())
                                .map(kind -> kind.asks(slot.model()))
                                .orElse(false));
    }
}
