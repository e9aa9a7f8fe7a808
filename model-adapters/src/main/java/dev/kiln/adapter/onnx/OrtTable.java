package dev.kiln.adapter.onnx;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.lang.reflect.Field;
import java.util.List;

/// ONNX Runtime's functions for C that are used here.
///
/// They stand in a table, `struct OrtApi` of `onnxruntime_c_api.h`, whose order never changes: newer versions add at its
/// end. It is that of the library which the Java API has loaded; nothing is loaded twice. The Java API does not show its
/// session's address, which is read from the one private field that holds it.
///
/// **Threads:** any number at once.
@SuppressWarnings("restricted") // the C interface is reached by nothing else
final class OrtTable {
    static final int FLOAT = 1;
    static final int UINT8 = 2;
    static final int INT64 = 7;

    /// A version of the table that has all that is used here, and that every library since 1.10 hands out.
    private static final int VERSION = 10;

    private static final Linker LINKER = Linker.nativeLinker();

    private final MethodHandle message;
    private final MethodHandle run;
    private final MethodHandle tensor;
    private final MethodHandle memoryInfo;
    private final MethodHandle alloc;
    private final MethodHandle free;
    private final MethodHandle releaseStatus;
    private final MethodHandle releaseInfo;
    private final MethodHandle releaseValue;
    private final MethodHandle allocator;
    private final MethodHandle releaseAllocator;

    private OrtTable(MemorySegment table) {
        this.message = bind(table, 2, ADDRESS, ADDRESS);
        this.run =
                bind(
                        table, 9, ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS, JAVA_LONG, ADDRESS,
                        JAVA_LONG, ADDRESS);
        this.tensor =
                bind(
                        table, 49, ADDRESS, ADDRESS, ADDRESS, JAVA_LONG, ADDRESS, JAVA_LONG,
                        JAVA_INT, ADDRESS);
        this.memoryInfo = bind(table, 68, ADDRESS, ADDRESS, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS);
        this.alloc = bind(table, 75, ADDRESS, ADDRESS, JAVA_LONG, ADDRESS);
        this.free = bind(table, 76, ADDRESS, ADDRESS, ADDRESS);
        this.releaseStatus = release(table, 93);
        this.releaseInfo = release(table, 94);
        this.releaseValue = release(table, 96);
        this.allocator = bind(table, 131, ADDRESS, ADDRESS, ADDRESS, ADDRESS);
        this.releaseAllocator = release(table, 132);
    }

    private static MethodHandle bind(
            MemorySegment table, int place, MemoryLayout result, MemoryLayout... arguments) {
        return LINKER.downcallHandle(
                table.getAtIndex(ADDRESS, place), FunctionDescriptor.of(result, arguments));
    }

    private static MethodHandle release(MemorySegment table, int place) {
        return LINKER.downcallHandle(
                table.getAtIndex(ADDRESS, place), FunctionDescriptor.ofVoid(ADDRESS));
    }

    /// That of the loaded library.
    ///
    /// @throws OrtException where it has none of the version that is needed
    /// @throws java.util.NoSuchElementException where no library of ONNX Runtime's is loaded
    static OrtTable load() throws OrtException {
        // struct OrtApiBase: GetApi, GetVersionString
        MemorySegment base =
                called(() -> {
                    MethodHandle start =
                            LINKER.downcallHandle(
                                    SymbolLookup.loaderLookup().findOrThrow("OrtGetApiBase"),
                                    FunctionDescriptor.of(ADDRESS));
                    return (MemorySegment) start.invokeExact();
                });
        MethodHandle getApi =
                LINKER.downcallHandle(
                        base.reinterpret(ADDRESS.byteSize()).get(ADDRESS, 0),
                        FunctionDescriptor.of(ADDRESS, JAVA_INT));
        MemorySegment table = called(() -> (MemorySegment) getApi.invokeExact(VERSION));
        if (table.address() == 0) {
            throw new OrtException("the library has no table of version " + VERSION);
        }
        return new OrtTable(table.reinterpret(133 * ADDRESS.byteSize()));
    }

    static MemorySegment address(OrtSession session) throws ReflectiveOperationException {
        Field field = OrtSession.class.getDeclaredField("nativeHandle");
        field.setAccessible(true);
        return MemorySegment.ofAddress(field.getLong(session));
    }

    /// What a session's runs have in common.
    ///
    /// @param inputNames as many names as inputs
    /// @param outputName one
    record Call(
            MemorySegment session, int inputs, MemorySegment inputNames, MemorySegment outputName) {
        /// @param arena in which the names lie
        static Call of(MemorySegment session, List<String> inputs, String output, Arena arena) {
            MemorySegment names = arena.allocate(ADDRESS, inputs.size());
            for (int i = 0; i < inputs.size(); i++) {
                names.setAtIndex(ADDRESS, i, arena.allocateFrom(inputs.get(i)));
            }
            MemorySegment name = arena.allocate(ADDRESS);
            name.set(ADDRESS, 0, arena.allocateFrom(output));
            return new Call(session, inputs.size(), names, name);
        }
    }

    /// Runs a session.
    ///
    /// @param values the inputs' tensors in the order of their names, and behind them the output's
    void run(Call call, MemorySegment values) throws OrtException {
        long count = call.inputs();
        MemorySegment output = values.asSlice(count * ADDRESS.byteSize());
        check(
                called(() ->
                        (MemorySegment)
                                run.invokeExact(
                                        call.session(),
                                        MemorySegment.NULL,
                                        call.inputNames(),
                                        values,
                                        count,
                                        call.outputName(),
                                        1L,
                                        output)));
    }

    /// A tensor of memory that stays where it is; to be released.
    ///
    /// @param info which memory `data` is
    /// @param shape int64 each
    /// @param out where its address goes
    void wrap(
            MemorySegment info,
            MemorySegment data,
            MemorySegment shape,
            int type,
            MemorySegment out)
            throws OrtException {
        long axes = shape.byteSize() / JAVA_LONG.byteSize();
        check(
                called(() ->
                        (MemorySegment)
                                tensor.invokeExact(
                                        info, data, data.byteSize(), shape, axes, type, out)));
    }

    /// Releases tensors; those that were never made are null, which is nothing to release.
    void releaseValues(MemorySegment values) {
        for (int i = 0; i < values.byteSize() / ADDRESS.byteSize(); i++) {
            release(releaseValue, values.getAtIndex(ADDRESS, i));
        }
    }

    /// A description of memory; to be released.
    ///
    /// @param type of `OrtMemType`
    MemorySegment memoryInfo(MemorySegment name, int index, int type) throws OrtException {
        int device = 0; // OrtDeviceAllocator
        return made(out -> (MemorySegment) memoryInfo.invokeExact(name, device, index, type, out));
    }

    void releaseInfo(MemorySegment info) {
        release(releaseInfo, info);
    }

    /// A session's own allocator of such memory; to be released.
    MemorySegment allocator(MemorySegment session, MemorySegment info) throws OrtException {
        return made(out -> (MemorySegment) allocator.invokeExact(session, info, out));
    }

    void releaseAllocator(MemorySegment allocator) {
        release(releaseAllocator, allocator);
    }

    MemorySegment alloc(MemorySegment allocator, long bytes) throws OrtException {
        return made(out -> (MemorySegment) alloc.invokeExact(allocator, bytes, out));
    }

    void free(MemorySegment allocator, MemorySegment memory) {
        try {
            check(called(() -> (MemorySegment) free.invokeExact(allocator, memory)));
        } catch (OrtException e) {
            throw new IllegalStateException("ONNX Runtime cannot free its memory", e);
        }
    }

    /// A function of the table that leaves what it makes where it is told.
    private interface Maker {
        MemorySegment make(MemorySegment out) throws Throwable;
    }

    private interface Body {
        MemorySegment go() throws Throwable;
    }

    private MemorySegment made(Maker maker) throws OrtException {
        try (Arena scratch = Arena.ofConfined()) {
            MemorySegment out = scratch.allocate(ADDRESS);
            check(called(() -> maker.make(out)));
            return out.get(ADDRESS, 0);
        }
    }

    private static MemorySegment called(Body body) {
        try {
            return body.go();
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("this is a bug: a C function threw", e);
        }
    }

    /// A status that is not null says what went wrong.
    private void check(MemorySegment status) throws OrtException {
        if (status.address() == 0) {
            return;
        }
        MemorySegment words = called(() -> (MemorySegment) message.invokeExact(status));
        String said = words.reinterpret(Long.MAX_VALUE).getString(0);
        release(releaseStatus, status);
        throw new OrtException(said);
    }

    private static void release(MethodHandle function, MemorySegment what) {
        try {
            function.invokeExact(what);
        } catch (Throwable e) {
            throw new IllegalStateException("this is a bug: a C function threw", e);
        }
    }
}
