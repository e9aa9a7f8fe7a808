package dev.kiln.core;

import java.util.Map;

/// What this miner serves; an immutable snapshot.
///
/// @param tasks by name; every route's task is among them
/// @param slots by the name of their model
public record Served(Map<String, Task> tasks, Map<String, Slot> slots) {
    public Served {
        tasks = Map.copyOf(tasks);
        slots = Map.copyOf(slots);
    }
}
