package dev.kiln.server;

import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/// Something made on a thread of its own while others are made elsewhere.
final class Soon<T> {
    private final FutureTask<T> task;

    Soon(String thread, Callable<T> make) {
        this.task = new FutureTask<>(make);
        Thread.ofPlatform().daemon().name(thread).start(task);
    }

    /// What was made.
    ///
    /// @throws ExecutionException with what went wrong as its cause
    T get() throws InterruptedException, ExecutionException {
        return task.get();
    }
}
