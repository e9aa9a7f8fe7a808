package dev.kiln.server;

import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/// Something made on a thread of its own while others are made elsewhere.
///
/// The thread has a deep stack: ONNX Runtime walks a model's graph by recursion and ends the process where a thread's
/// usual megabyte does not suffice.
final class Soon<T> {
    private final FutureTask<T> task;

    private static final long STACK_BYTES = 16 << 20;

    Soon(String thread, Callable<T> make) {
        this.task = new FutureTask<>(make);
        Thread.ofPlatform().daemon().name(thread).stackSize(STACK_BYTES).start(task);
    }

    /// What was made.
    ///
    /// @throws ExecutionException with what went wrong as its cause
    T get() throws InterruptedException, ExecutionException {
        return task.get();
    }
}
