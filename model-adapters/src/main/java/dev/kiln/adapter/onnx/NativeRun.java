package dev.kiln.adapter.onnx;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.kiln.core.model.ModelFault;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.lang.reflect.Field;
import java.util.List;
import java.util.NoSuchElementException;

/// Runs batches through ONNX Runtime's C interface: no objects for tensors and results, and memory from the session's
/// own allocator for the host, which for a GPU is pinned, so that the device copies it without the processor.
///
/// The functions stand in a table, `struct OrtApi` of `onnxruntime_c_api.h`, whose order never changes: newer versions
/// add at its end. It is that of the library which the Java API has loaded; nothing is loaded twice. The Java API does
/// not show its session's address, which is read from the one private field that holds it.
///
/// **Threads:** any number at once.
@SuppressWarnings("restricted") // the C interface is reached by nothing else
final class NativeRun implements EmbedRun {
    /// A version of the table that has all that is used here, and that every library since 1.10 hands out.
    private static final int TABLE_VERSION = 10;

    private static final int INT64 = 7;
    private static final int FLOAT = 1;
    private static final Linker LINKER = Linker.nativeLinker();

    /// The functions that are used, by their places in the table.
    private record Table(
            MethodHandle message,
            MethodHandle run,
            MethodHandle tensor,
            MethodHandle memoryInfo,
            MethodHandle allocator,
            MethodHandle alloc,
            MethodHandle free,
            Releases releases) {
        /// Those that give something back.
        record Releases(
                MethodHandle status,
                MethodHandle info,
                MethodHandle value,
                MethodHandle allocator) {}

        static Table of(MemorySegment table) {
            return new Table(
                    bind(table, 2, ADDRESS, ADDRESS),
                    bind(
                            table, 9, ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS, JAVA_LONG,
                            ADDRESS, JAVA_LONG, ADDRESS),
                    bind(
                            table, 49, ADDRESS, ADDRESS, ADDRESS, JAVA_LONG, ADDRESS, JAVA_LONG,
                            JAVA_INT, ADDRESS),
                    bind(table, 68, ADDRESS, ADDRESS, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS),
                    bind(table, 131, ADDRESS, ADDRESS, ADDRESS, ADDRESS),
                    bind(table, 75, ADDRESS, ADDRESS, JAVA_LONG, ADDRESS),
                    bind(table, 76, ADDRESS, ADDRESS, ADDRESS),
                    new Releases(
                            release(table, 93),
                            release(table, 94),
                            release(table, 96),
                            release(table, 132)));
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
    }

    private final Arena arena = Arena.ofShared();
    private final Table table;
    private final MemorySegment session;
    private final List<String> inputs;
    private final MemorySegment inputNames;
    private final MemorySegment outputName;
    private final int dimension;
    private final MemorySegment info;
    private final MemorySegment allocator;

    private NativeRun(Table table, MemorySegment session, EmbedGraph graph, String device)
            throws OrtException {
        this.table = table;
        this.session = session;
        this.dimension = graph.dimension();
        this.inputs = List.copyOf(graph.inputs());
        this.inputNames = arena.allocate(ADDRESS, inputs.size());
        for (int i = 0; i < inputs.size(); i++) {
            inputNames.setAtIndex(ADDRESS, i, arena.allocateFrom(inputs.get(i)));
        }
        this.outputName = arena.allocate(ADDRESS);
        outputName.set(ADDRESS, 0, arena.allocateFrom(graph.output()));
        this.info = hostMemory(device);
        this.allocator =
                made(out -> (MemorySegment) table.allocator().invokeExact(session, info, out));
    }

    /// Binds a session's functions.
    ///
    /// @param device where the session computes
    /// @throws ModelFault where this library does not offer what is needed
    static NativeRun open(OrtSession session, EmbedGraph graph, String device) throws ModelFault {
        try {
            return new NativeRun(table(), address(session), graph, device);
        } catch (OrtException | ReflectiveOperationException | NoSuchElementException e) {
            throw new ModelFault("ONNX Runtime's C interface cannot be used: " + e.getMessage(), e);
        }
    }

    private static Table table() throws OrtException {
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
        MemorySegment table = called(() -> (MemorySegment) getApi.invokeExact(TABLE_VERSION));
        if (table.address() == 0) {
            throw new OrtException("the library has no table of version " + TABLE_VERSION);
        }
        return Table.of(table.reinterpret(133 * ADDRESS.byteSize()));
    }

    private static MemorySegment address(OrtSession session) throws ReflectiveOperationException {
        Field field = OrtSession.class.getDeclaredField("nativeHandle");
        field.setAccessible(true);
        return MemorySegment.ofAddress(field.getLong(session));
    }

    private MemorySegment hostMemory(String device) throws OrtException {
        boolean gpu = device.startsWith("cuda");
        int index = gpu ? Integer.parseInt(device.substring(device.indexOf(':') + 1)) : 0;
        // OrtDeviceAllocator; OrtMemTypeCPUOutput, which pinned memory counts as, or
        // OrtMemTypeDefault
        int kind = 0;
        int type = gpu ? -1 : 0;
        MemorySegment name = arena.allocateFrom(gpu ? "CudaPinned" : "Cpu");
        return made(out ->
                (MemorySegment) table.memoryInfo().invokeExact(name, kind, index, type, out));
    }

    @Override
    public MemorySegment allocate(Arena owner, long bytes) throws OrtException {
        MemorySegment found =
                made(out -> (MemorySegment) table.alloc().invokeExact(allocator, bytes, out));
        return found.reinterpret(bytes, owner, this::free).fill((byte) 0);
    }

    private void free(MemorySegment memory) {
        try {
            check((MemorySegment) table.free().invokeExact(allocator, memory));
        } catch (Throwable e) {
            throw new IllegalStateException("ONNX Runtime cannot free its memory", e);
        }
    }

    @Override
    public void run(Laid batch) throws OrtException {
        int count = inputs.size();
        try (Arena scratch = Arena.ofConfined()) {
            MemorySegment shape =
                    scratch.allocateFrom(JAVA_LONG, batch.items(), batch.tokens(), dimension);
            MemorySegment values = scratch.allocate(ADDRESS, count + 1L);
            MemorySegment output = values.asSlice(count * ADDRESS.byteSize());
            try {
                for (int i = 0; i < count; i++) {
                    MemorySegment data = batch.input(inputs.get(i));
                    wrap(data, shape.asSlice(0, 2 * JAVA_LONG.byteSize()), INT64, at(values, i));
                }
                wrap(batch.vectors(), shape, FLOAT, output);
                check(
                        called(() ->
                                (MemorySegment)
                                        table.run()
                                                .invokeExact(
                                                        session,
                                                        MemorySegment.NULL,
                                                        inputNames,
                                                        values,
                                                        (long) count,
                                                        outputName,
                                                        1L,
                                                        output)));
            } finally {
                for (int i = 0; i <= count; i++) {
                    release(table.releases().value(), values.getAtIndex(ADDRESS, i));
                }
            }
        }
    }

    private static MemorySegment at(MemorySegment values, int index) {
        return values.asSlice(index * ADDRESS.byteSize(), ADDRESS);
    }

    /// A tensor of memory that stays where it is.
    private void wrap(MemorySegment data, MemorySegment shape, int type, MemorySegment out)
            throws OrtException {
        long axes = shape.byteSize() / JAVA_LONG.byteSize();
        check(
                called(() ->
                        (MemorySegment)
                                table.tensor()
                                        .invokeExact(
                                                info,
                                                data,
                                                data.byteSize(),
                                                shape,
                                                axes,
                                                type,
                                                out)));
    }

    @Override
    public void close() {
        release(table.releases().allocator(), allocator);
        release(table.releases().info(), info);
        arena.close();
    }

    /// A function of the table that leaves what it makes where it is told.
    private interface Maker {
        MemorySegment make(MemorySegment out) throws Throwable;
    }

    private interface Call {
        MemorySegment go() throws Throwable;
    }

    private MemorySegment made(Maker maker) throws OrtException {
        try (Arena scratch = Arena.ofConfined()) {
            MemorySegment out = scratch.allocate(ADDRESS);
            check(called(() -> maker.make(out)));
            return out.get(ADDRESS, 0);
        }
    }

    private static MemorySegment called(Call call) {
        try {
            return call.go();
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
        MemorySegment words = called(() -> (MemorySegment) table.message().invokeExact(status));
        String message = words.reinterpret(Long.MAX_VALUE).getString(0);
        release(table.releases().status(), status);
        throw new OrtException(message);
    }

    private static void release(MethodHandle function, MemorySegment what) {
        try {
            function.invokeExact(what);
        } catch (Throwable e) {
            throw new IllegalStateException("this is a bug: a C function threw", e);
        }
    }
}
