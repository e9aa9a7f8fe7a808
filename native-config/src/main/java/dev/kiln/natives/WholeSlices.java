package dev.kiln.natives;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Locale;
import java.util.Optional;

/// Threads that run their slice of a core to its end, unless they wait for something: one that is woken does not push
/// another aside (Linux's `SCHED_BATCH`).
///
/// Where cores are fewer than threads, a call otherwise changes threads at each of its steps: every reply wakes the event
/// loop, and every call that is let in wakes the engine, which then runs it alone. With whole slices what has come
/// meanwhile is done together. A thread that is woken waits for a slice, one to four milliseconds, and only where no core
/// is free.
///
/// **Threads:** any.
public final class WholeSlices {
    /// Set to `false`, threads push each other aside as the system sees fit, to measure what this is worth.
    private static final String WANTED = "kiln.whole-slices";

    private static final System.Logger LOG = System.getLogger(WholeSlices.class.getName());
    private static final int THE_CALLING_ONE = 0;
    private static final int SCHED_BATCH = 3;

    private WholeSlices() {}

    /// Has the calling thread and all that it starts from now on, and those that these start, run whole slices. Child
    /// processes do, too.
    ///
    /// @return whether they do now; never but on Linux
    public static boolean fromHere() {
        if (!Boolean.parseBoolean(System.getProperty(WANTED, "true"))
                || !System.getProperty("os.name", "")
                        .toLowerCase(Locale.ROOT)
                        .startsWith("linux")) {
            return false;
        }
        Optional<MethodHandle> setScheduler = setScheduler();
        boolean done = setScheduler.isPresent() && set(setScheduler.get());
        if (!done) {
            LOG.log(System.Logger.Level.DEBUG, "the system does not let threads run whole slices");
        }
        return done;
    }

    private static boolean set(MethodHandle setScheduler) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment noPriority = arena.allocateFrom(ValueLayout.JAVA_INT, 0);
            return (int) setScheduler.invokeExact(THE_CALLING_ONE, SCHED_BATCH, noPriority) == 0;
        } catch (Throwable e) {
            throw new IllegalStateException("sched_setscheduler cannot be called", e);
        }
    }

    @SuppressWarnings("restricted") // the signature is POSIX's
    private static Optional<MethodHandle> setScheduler() {
        Linker linker = Linker.nativeLinker();
        var signature =
                FunctionDescriptor.of(
                        ValueLayout.JAVA_INT,
                        ValueLayout.JAVA_INT,
                        ValueLayout.JAVA_INT,
                        ValueLayout.ADDRESS);
        return linker.defaultLookup()
                .find("sched_setscheduler")
                .map(address -> linker.downcallHandle(address, signature));
    }
}
