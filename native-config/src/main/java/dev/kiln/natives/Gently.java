package dev.kiln.natives;

import java.io.IOException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// Work that takes a core only while nobody else wants it: a model that loads must not make callers of another wait.
///
/// Java's own thread priorities mean nothing on Linux, so the thread is made nice there. Threads that it starts are as
/// nice as it is, for ever, since an unprivileged process cannot take that back: the work must start none that outlive
/// it but to do such work again, and must wake no virtual thread, whose carrier it might start.
///
/// **Threads:** any.
public final class Gently {
    /// A fifteenth of an ordinary thread's share of a core that both want; at 19 a load would hardly end on a machine
    /// whose cores are all busy.
    static final int NICE = 12;

    /// A third of an ordinary thread's share: on one busy core the compilers have work for about a minute after a start.
    /// Nicer, that lasts longer; less nice, the calls of those seconds wait behind them.
    static final int COMPILING = 5;

    private static final System.Logger LOG = System.getLogger(Gently.class.getName());
    private static final int THREAD = 0;
    private static final int THE_CALLING_ONE = 0;
    private static final Path THREADS = Path.of("/proc/self/task");

    /// As far as the system keeps their names.
    private static final Pattern COMPILER = Pattern.compile("C[12] Compiler");

    /// Another figure in the place of [#COMPILING], to measure what this is worth; 0 leaves them as they are.
    private static final String COMPILE_NICE = "kiln.compile.nice";

    private static final Optional<MethodHandle> SET_PRIORITY = setPriority();
    private static final ThreadLocal<Boolean> HERE = ThreadLocal.withInitial(() -> false);

    private Gently() {}

    /// Does the work on a nice thread of its own and waits for it. Where a system has no such threads it is an ordinary
    /// one.
    ///
    /// @throws ExecutionException with what the work threw as its cause
    public static <T> T run(String thread, Callable<T> work)
            throws ExecutionException, InterruptedException {
        var task =
                new FutureTask<T>(() -> {
                    HERE.set(true);
                    lower();
                    return work.call();
                });
        Thread.ofPlatform().daemon().name(thread).start(task);
        return task.get();
    }

    /// Whether the calling thread is one that [#run] has made. Threads that the work started are not told apart.
    public static boolean isHere() {
        return HERE.get();
    }

    /// Makes the threads nice that compile this program while it runs: what they gain in a second must not cost the
    /// calls of this one. Those that the JVM adds later are started by these and as nice.
    ///
    /// @return how many there were; 0 where a system has no such threads
    public static int compile() {
        int nice = Integer.getInteger(COMPILE_NICE, COMPILING);
        if (SET_PRIORITY.isEmpty() || nice == 0) {
            return 0;
        }
        int found = 0;
        try (Stream<Path> threads = Files.list(THREADS)) {
            for (Path thread : threads.toList()) {
                if (compiles(thread)) {
                    lower(
                            SET_PRIORITY.get(),
                            Integer.parseInt(thread.getFileName().toString()),
                            nice);
                    found++;
                }
            }
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "the compiler's threads cannot be listed", e);
        }
        return found;
    }

    private static boolean compiles(Path thread) throws IOException {
        try {
            return COMPILER.matcher(Files.readString(thread.resolve("comm"))).lookingAt();
        } catch (NoSuchFileException ended) {
            return false;
        }
    }

    private static void lower() {
        SET_PRIORITY.ifPresent(call -> lower(call, THE_CALLING_ONE, NICE));
    }

    private static void lower(MethodHandle setPriority, int thread, int nice) {
        try {
            int failed = (int) setPriority.invokeExact(THREAD, thread, nice);
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
