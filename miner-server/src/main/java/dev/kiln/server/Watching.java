package dev.kiln.server;

import dev.kiln.core.Slot;
import dev.kiln.core.Time;
import dev.kiln.server.metrics.Meters;
import dev.kiln.server.rotation.Fleet;

/// Shows every served name's counters, and those of no other.
record Watching(Fleet fleet, Meters meters, Time time) implements Fleet.Watcher {
    @Override
    public void came(Slot slot) {
        String name = slot.name();
        meters.watch(slot);
        meters.watch(slot, () -> fleet.recoveries(name), () -> fleet.hangs(name));
        meters.watch(slot, () -> fleet.proof(name), time);
    }

    @Override
    public void left(Slot slot) {
        meters.forget(slot);
    }
}
