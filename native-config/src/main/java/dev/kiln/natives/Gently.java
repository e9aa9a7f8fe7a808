package dev.kiln.natives;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/// Work that takes a core only while nobody else wants it: a model that loads must not make callers of another wait.
///
/// Java's own thread priorities mean nothing on Linux, so the thread is made nice there. Threads that it starts are as
/// nice as it is, for ever, since an unprivileged process cannot take that back: the work must start none that outlive
/// it, and must wake no virtual thread, whose carrier it might start.
///
/// **Threads:** any.
public final class Gently {
    /// A fifteenth of an ordinary thread's share of a core that both want; at 19 a load would hardly end on a machine
    /// whose cores are all busy.
    static final int NICE = 12;

    private static final System.Logger LOG = System.getLogger(Gently.class.getName());
    private static final int THREAD = 0;
    private static final int THE_CALLING_ONE = 0;
    private static final Optional<MethodHandle> SET_PRIORITY = setPriority();

    private Gently() {}

    /// Does the work on a nice thread of its own and waits for it. Where a system has no such threads it is an ordinary
    /// one.
    ///
    /// @throws ExecutionException with what the work threw as its cause
    public static <T> T run(String thread, Callable<T> work)
            throws ExecutionException, InterruptedException {
        var task =
                new FutureTask<T>(() -> {
                    lower();
                    return work.call();
                });
        Thread.ofPlatform().daemon().name(thread).start(task);
        return task.get();
    }

    private static void lower() {
        SET_PRIORITY.ifPresent(Gently::lower);
    }

    private static void lower(MethodHandle setPriority) {
        try {
            int failed = (int) setPriority.invokeExact(THREAD, THE_CALLING_ONE, NICE);
            if (failed != 0) {
                LOG.log(System.Logger.Level.DEBUG, "the system makes no thread nice");
            }
        } catch (Throwable e) {
            throw new IllegalStateException("setpriority cannot be called", e);
        }
    }

    /// Empty but on Linux: elsewhere it would make the whole process nice.
    @SuppressWarnings("restricted") // the signature is POSIX's
    private static Optional<MethodHandle> setPriority() {
        if (!System.getProperty("os.name", "").toLowerCase(Locale.ROOT).startsWith("linux")) {
            return Optional.empty();
        }
        Linker linker = Linker.nativeLinker();
        var signature =
                FunctionDescriptor.of(
                        ValueLayout.JAVA_INT,
                        ValueLayout.JAVA_INT,
                        ValueLayout.JAVA_INT,
                        ValueLayout.JAVA_INT);
        return linker.defaultLookup()
                .find("setpriority")
                .map(address -> linker.downcallHandle(address, signature));
    }
}
