package dev.kiln.bittensor.wire;

import dev.kiln.core.Hotkey;
import dev.kiln.core.Roster;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// Callers that have come with `btauth/1` since the start, proved. Never more than the roster has members: beyond that,
/// those who left it are forgotten.
///
/// **Threads:** any; never blocks.
final class ModernCallers {
    private final Set<Hotkey> seen = ConcurrentHashMap.newKeySet();

    void saw(Hotkey caller, Roster roster) {
        if (seen.add(caller) && seen.size() > roster.members().size()) {
            seen.retainAll(roster.members().keySet());
        }
    }

    boolean contains(Hotkey caller) {
        return seen.contains(caller);
    }

    int size() {
        return seen.size();
    }
}
