package dev.kiln.core;

import java.util.Map;
import java.util.function.Supplier;

/// What this miner serves.
///
/// @param tasks by name; every route's task is among them
/// @param named gives the slots by the name of their model, as they are now: an immutable snapshot
public record Served(Map<String, Task> tasks, Supplier<Map<String, Slot>> named) {
    public Served {
        tasks = Map.copyOf(tasks);
    }

    /// With slots that stay.
    public Served(Map<String, Task> tasks, Map<String, Slot> slots) {
        this(tasks, stay(Map.copyOf(slots)));
    }

    /// Those of this moment.
    public Map<String, Slot> slots() {
        return named.get();
    }

    private static Supplier<Map<String, Slot>> stay(Map<String, Slot> slots) {
        return () -> slots;
    }
}
