package dev.kiln.server.rotation;

import dev.kiln.core.Slot;
import dev.kiln.core.Time;
import java.util.Optional;

/// Writes down what happens to one served name.
///
/// **Threads:** any.
record Notes(Slot slot, History history, Time time) {
    /// Something about another model than the one that answers now.
    Event of(Event.What what, Loaded to, String detail, long calls) {
        return add(what, Optional.of(to.sha256()), to.model().source(), detail, calls);
    }

    /// Something about the one that answers, or about nothing that came to be.
    Event of(Event.What what, String source, String detail) {
        return add(what, Optional.empty(), source, detail, 0);
    }

    private Event add(
            Event.What what, Optional<String> to, String source, String detail, long calls) {
        Event event =
                new Event(
                        time.epochNanos() / 1_000_000,
                        slot.name(),
                        what,
                        Optional.of(slot.model().sha256()),
                        to,
                        source,
                        detail,
                        calls);
        history.add(event);
        return event;
    }
}
