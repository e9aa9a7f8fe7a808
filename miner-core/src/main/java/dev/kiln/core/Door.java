package dev.kiln.core;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/// Counts who is inside, so that nothing is closed beneath them.
///
/// **Threads:** any; only [#awaitEmpty] blocks.
final class Door {
    /// Added once the door is shut, which makes the count negative.
    private static final int SHUT = Integer.MIN_VALUE;

    private final AtomicInteger inside = new AtomicInteger();
    private final CountDownLatch empty = new CountDownLatch(1);

    /// Goes in.
    ///
    /// @return false if the door is shut; then there is nothing to leave
    boolean enter() {
        return inside.getAndUpdate(count -> count < 0 ? count : count + 1) >= 0;
    }

    void leave() {
        if (inside.decrementAndGet() == SHUT) {
            empty.countDown();
        }
    }

    /// Lets nobody in from now on.
    void shut() {
        if (inside.getAndUpdate(count -> count < 0 ? count : count + SHUT) == 0) {
            empty.countDown();
        }
    }

    /// Waits until the last has left. The door must be shut.
    void awaitEmpty() {
        boolean interrupted = false;
        while (true) {
            try {
                empty.await();
                break;
            } catch (InterruptedException _) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
