package dev.kiln.server.cli;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Looks that need nothing of each other, side by side; one that hangs is named and left behind.
///
/// **Threads:** confined to one; each look has a daemon of its own, which keeps nobody from ending.
final class Looks {
    private final long mostNanos;
    private final List<Look> begun = new ArrayList<>();

    private record Look(String what, long beganTick, FutureTask<List<Finding>> task) {}

    /// @param most longest time that one look may take
    Looks(Duration most) {
        this.mostNanos = most.toNanos();
    }

    /// @param what the look, in a word; the finding's name if it hangs or fails
    void begin(String what, Callable<List<Finding>> look) {
        var task = new FutureTask<>(look);
        begun.add(new Look(what, System.nanoTime(), task));
        Thread.ofPlatform().daemon().name("look-" + what).start(task);
    }

    /// What all of them found, in the order of their beginning.
    List<Finding> findings() throws InterruptedException {
        List<Finding> found = new ArrayList<>();
        for (Look look : begun) {
            found.addAll(findings(look));
        }
        return found;
    }

    private List<Finding> findings(Look look) throws InterruptedException {
        long left = Math.max(0, look.beganTick() + mostNanos - System.nanoTime());
        try {
            return look.task().get(left, TimeUnit.NANOSECONDS);
        } catch (TimeoutException _) {
            return List.of(
                    Finding.warn(
                            look.what(),
                            "this look did not end within %d ms"
                                    .formatted(TimeUnit.NANOSECONDS.toMillis(mostNanos)),
                            "a name server, a disk or a service of this machine hangs; look again"));
        } catch (ExecutionException e) {
            throw new IllegalStateException("the look at %s failed".formatted(look.what()), e);
        }
    }
}
