package dev.kiln.natives;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Optional;

/// The C library's heap, in a process that loads models and lets them go again and again.
///
/// glibc maps large blocks one by one and gives each back when it is freed, but takes the size of whatever was freed as
/// the new bound of "large", up to 32 MiB. From then on weights come from heaps that they leave in pieces, and the
/// process grows with every model. Nothing is done where the library is another one.
///
/// **Threads:** any.
public final class NativeHeap {
    private static final System.Logger LOG = System.getLogger(NativeHeap.class.getName());

    /// `M_MMAP_THRESHOLD`.
    private static final int LARGE = -3;

    /// What glibc begins with; stating it keeps it there.
    private static final int LARGE_BYTES = 128 << 10;

    private static final Optional<MethodHandle> SET =
            function("mallopt", ValueLayout.JAVA_INT, ValueLayout.JAVA_INT);
    private static final Optional<MethodHandle> TRIM = function("malloc_trim", size());

    private NativeHeap() {}

    /// To be called once, before the first model is loaded.
    public static void settle() {
        SET.ifPresent(set -> {
            try {
                int done = (int) set.invokeExact(LARGE, LARGE_BYTES);
                LOG.log(System.Logger.Level.DEBUG, "mallopt gave " + done);
            } catch (Throwable e) {
                throw new IllegalStateException("mallopt cannot be called", e);
            }
        });
    }

    /// Gives back to the system what freed blocks left behind; to be called when a model is gone.
    public static void giveBack() {
        TRIM.ifPresent(trim -> {
            try {
                int released = (int) trim.invokeExact(0L);
                LOG.log(System.Logger.Level.DEBUG, "malloc_trim gave " + released);
            } catch (Throwable e) {
                throw new IllegalStateException("malloc_trim cannot be called", e);
            }
        });
    }

    /// Eight bytes wherever glibc runs a JVM of ours.
    private static MemoryLayout size() {
        return ValueLayout.JAVA_LONG;
    }

    /// A function that gives an int.
    @SuppressWarnings("restricted") // the signatures are glibc's
    private static Optional<MethodHandle> function(String name, MemoryLayout... arguments) {
        Linker linker = Linker.nativeLinker();
        var signature = FunctionDescriptor.of(ValueLayout.JAVA_INT, arguments);
        return linker.defaultLookup()
                .find(name)
                .map(address -> linker.downcallHandle(address, signature));
    }
}
