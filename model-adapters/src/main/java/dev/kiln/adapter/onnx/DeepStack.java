package dev.kiln.adapter.onnx;

import ai.onnxruntime.OrtException;
import dev.kiln.natives.Gently;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// Threads with room for recursion. ONNX Runtime walks a graph recursively when it loads it; on a thread with Java's
/// usual megabyte of stack MiniLM has ended the process with a segmentation fault.
///
/// They are kept, as many as ever loaded at once, and the last one used is used next. glibc gives a thread one of its
/// heaps (eight for each core) for life; in a process with more threads than heaps a new thread gets the next in turn,
/// so that with a new thread for each load every heap came to hold the space of one closed model. Gentle loads have
/// threads of their own: theirs are nice for ever.
///
/// **Threads:** any; the caller waits.
final class DeepStack {
    private static final long STACK_BYTES = 16L << 20;

    private static final ConcurrentLinkedDeque<ExecutorService> ORDINARY =
            new ConcurrentLinkedDeque<>();
    private static final ConcurrentLinkedDeque<ExecutorService> NICE =
            new ConcurrentLinkedDeque<>();

    private DeepStack() {}

    /// Work that the engine does.
    interface Work<T> {
        T run() throws OrtException;
    }

    /// Does the work on another thread. It is over when this returns or throws, whoever interrupts the caller: what it
    /// reads is the caller's to free. An interrupted caller gets the result all the same and stays interrupted.
    static <T> T run(Work<T> work) throws OrtException {
        ConcurrentLinkedDeque<ExecutorService> idle = Gently.isHere() ? NICE : ORDINARY;
        ExecutorService thread = idle.pollFirst();
        if (thread == null) {
            thread = start();
        }
        try {
            return result(thread.submit(work::run));
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case OrtException fault -> throw fault;
                case RuntimeException bug -> throw bug;
                case Error fatal -> throw fatal;
                case null, default -> throw new IllegalStateException(e);
            }
        } finally {
            idle.addFirst(thread);
        }
    }

    /// Starts its thread with the first work, as nice as who hands that in.
    private static ExecutorService start() {
        return Executors.newFixedThreadPool(
                1,
                Thread.ofPlatform().daemon().name("load-model").stackSize(STACK_BYTES).factory());
    }

    private static <T> T result(Future<T> work) throws ExecutionException {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return work.get();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
