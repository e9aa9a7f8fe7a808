package dev.kiln.natives;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Optional;

/// The C library's heap, in a process that loads models and lets them go again and again.
///
/// glibc maps large blocks one by one and gives each back when it is freed; smaller ones come from heaps that a model
/// leaves in pieces, so that a process grows with every model unless they are trimmed. Nothing is done where the
/// library is another one.
///
/// **Threads:** any.
public final class NativeHeap {
    private static final System.Logger LOG = System.getLogger(NativeHeap.class.getName());

    /// `M_MMAP_THRESHOLD`.
    private static final int LARGE = -3;

    /// The most that glibc takes. An engine's scratch space for one batch must stay below: mapped anew for every run, it
    /// would cost a page fault for every 4 KiB. What comes from heaps is trimmed when a model goes.
    private static final int LARGE_BYTES = 32 << 20;

    /// `M_TRIM_THRESHOLD`: free space at a heap's end that is kept for the next run.
    private static final int TRIMMED = -1;

    private static final int KEPT_BYTES = 64 << 20;

    private static final Optional<MethodHandle> SET =
            function("mallopt", ValueLayout.JAVA_INT, ValueLayout.JAVA_INT);
    private static final Optional<MethodHandle> TRIM = function("malloc_trim", size());

    private NativeHeap() {}

    /// To be called once, before the first model is loaded.
    public static void settle() {
        set(LARGE, LARGE_BYTES);
        set(TRIMMED, KEPT_BYTES);
    }

    private static void set(int what, int bytes) {
        SET.ifPresent(set -> {
            try {
                int done = (int) set.invokeExact(what, bytes);
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
