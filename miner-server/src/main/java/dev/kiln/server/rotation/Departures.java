package dev.kiln.server.rotation;

import dev.kiln.core.Lane;
import dev.kiln.natives.NativeHeap;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/// Lanes that leave: each finishes what it has on a thread of its own, and closes.
///
/// **Threads:** any; only [#await] blocks.
final class Departures {
    private final List<Thread> threads = new CopyOnWriteArrayList<>();

    /// Sends a lane away.
    void leave(Lane lane) {
        threads.removeIf(thread -> !thread.isAlive());
        threads.add(
                Thread.ofPlatform()
                        .daemon()
                        .name("drain-" + lane.info().name())
                        .start(() -> {
                            lane.close();
                            NativeHeap.giveBack();
                        }));
    }

    /// Sends lanes away.
    void leave(List<Lane> lanes) {
        lanes.forEach(this::leave);
    }

    /// Waits for all of them.
    ///
    /// @param atMost a lane whose run hangs never ends
    void await(Duration atMost) throws InterruptedException {
        long end = System.nanoTime() + atMost.toNanos();
        for (Thread thread : threads) {
            long left = Math.max(1, (end - System.nanoTime()) / 1_000_000);
            thread.join(Duration.ofMillis(left));
        }
    }
}
