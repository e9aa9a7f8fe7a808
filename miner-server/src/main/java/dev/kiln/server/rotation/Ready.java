package dev.kiln.server.rotation;

import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/// A change of one name that is ready and not made. The name takes no other until one of the two methods was called, on
/// the thread that made it ready.
///
/// @param change cannot go wrong
/// @param undo gives back what was made ready
/// @param changing held since then
record Ready(Supplier<Event> change, Runnable undo, ReentrantLock changing) {
    Event go() {
        try {
            return change.get();
        } finally {
            changing.unlock();
        }
    }

    void leave() {
        try {
            undo.run();
        } finally {
            changing.unlock();
        }
    }
}
