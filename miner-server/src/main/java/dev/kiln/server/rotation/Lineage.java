package dev.kiln.server.rotation;

import com.fasterxml.jackson.databind.JsonNode;
import dev.kiln.server.config.Config;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/// What answered under one name, one after the other, as the history tells it: also before the last restart.
///
/// **Threads:** one at a time.
final class Lineage {
    private static final int MOST = 16;

    /// What answers now lies on top.
    private final Deque<Entry> entries = new ArrayDeque<>();

    /// A model that answered.
    ///
    /// @param sha256 what it was then; its source may hold something else by now
    record Entry(Config.Model model, String sha256) {}

    /// As far as the history tells.
    static Lineage of(String name, Iterable<JsonNode> history) {
        var lineage = new Lineage();
        for (JsonNode line : history) {
            if (line.path("model").asText().equals(name)) {
                ModelLine.read(name, line.path("answers"))
                        .ifPresent(model -> lineage.add(line, model));
            }
        }
        return lineage;
    }

    private void add(JsonNode line, Config.Model model) {
        boolean back = line.path("event").asText().equals(Event.What.ROLLED_BACK.word());
        add(new Entry(model, line.path("to").asText()), back);
    }

    /// Takes in what has just happened.
    void add(Event event) {
        if (event.answers().isPresent()) {
            var entry = new Entry(event.answers().get(), event.to().orElse(""));
            add(entry, event.what() == Event.What.ROLLED_BACK);
        }
    }

    private void add(Entry entry, boolean back) {
        if (back) {
            entries.pollFirst();
        }
        if (!entry.equals(entries.peekFirst())) {
            entries.addFirst(entry);
        }
        if (entries.size() > MOST) {
            entries.removeLast();
        }
    }

    /// What answered before the one that answers now.
    Optional<Entry> before() {
        return entries.stream().skip(1).findFirst();
    }
}
