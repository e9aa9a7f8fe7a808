package dev.kiln.adapter.onnx;

import ai.onnxruntime.OrtException;
import dev.kiln.core.model.ModelFault;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/// A thread with room for recursion. ONNX Runtime walks a graph recursively when it loads it; on a thread with Java's
/// usual megabyte of stack MiniLM has ended the process with a segmentation fault.
///
/// **Threads:** any; the caller waits.
final class DeepStack {
    private static final long STACK_BYTES = 16L << 20;

    private DeepStack() {}

    /// Work that the engine does.
    interface Work<T> {
        T run() throws OrtException;
    }

    /// Does the work on a thread of its own.
    ///
    /// @throws ModelFault if the wait was interrupted; the thread stays interrupted
    static <T> T run(Work<T> work) throws OrtException, ModelFault {
        var task = new FutureTask<T>(work::run);
        Thread.ofPlatform().daemon().name("load-model").stackSize(STACK_BYTES).start(task);
        try {
            return task.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ModelFault("interrupted while the model was loading", e);
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case OrtException fault -> throw fault;
                case RuntimeException bug -> throw bug;
                case Error fatal -> throw fatal;
                case null, default -> throw new IllegalStateException(e);
            }
        }
    }
}
