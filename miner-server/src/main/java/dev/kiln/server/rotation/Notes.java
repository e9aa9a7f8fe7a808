package dev.kiln.server.rotation;

import dev.kiln.core.Slot;
import dev.kiln.core.Time;
import dev.kiln.server.config.Config;
import java.util.Optional;

/// Writes down what happens to one served name.
///
/// **Threads:** any.
record Notes(Slot slot, History history, Time time) {
    /// Another model answers from here on.
    Event answers(Event.What what, Loaded to, String detail, long calls) {
        var on = new On(Optional.of(to.sha256()), to.model().source(), Optional.of(to.model()));
        return add(what, on, detail, calls);
    }

    /// Something about another model than the one that answers.
    Event of(Event.What what, Loaded to, String detail, long calls) {
        var on = new On(Optional.of(to.sha256()), to.model().source(), Optional.empty());
        return add(what, on, detail, calls);
    }

    /// Something about the one that answers, or about nothing that came to be.
    Event of(Event.What what, String source, String detail) {
        return add(what, new On(Optional.empty(), source, Optional.empty()), detail, 0);
    }

    /// What an event is about.
    private record On(Optional<String> to, String source, Optional<Config.Model> answers) {}

    private Event add(Event.What what, On on, String detail, long calls) {
        Event event =
                new Event(
                        time.epochNanos() / 1_000_000,
                        slot.name(),
                        what,
                        Optional.of(slot.model().sha256()),
                        on.to(),
                        on.source(),
                        detail,
                        calls,
                        on.answers());
        history.add(event);
        return event;
    }
}
