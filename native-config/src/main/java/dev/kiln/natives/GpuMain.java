package dev.kiln.natives;

import java.io.IOException;
import java.io.PrintStream;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/// Loads NVIDIA's libraries one by one, asks each for its version and the driver for its GPUs, and prints what it found as
/// `key=value` lines, for [GpuFacts]. Meant to run as a child process, which a broken library may kill: the line before
/// each load names it.
///
/// Arguments: the names of the libraries, the driver's first.
public final class GpuMain {
    private static final int NOW_AND_FOR_ALL = 0x102; // RTLD_NOW | RTLD_GLOBAL
    private static final int MOST_GPUS = 64;
    private static final int MAJOR = 75; // CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR
    private static final int MINOR = 76;

    private final Linker linker = Linker.nativeLinker();
    private final PrintStream out;

    private GpuMain(PrintStream out) {
        this.out = out;
    }

    public static void main(String[] args) throws Throwable {
        var main = new GpuMain(System.out);
        for (String library : args) {
            main.load(library);
        }
        main.say("ended", "yes");
    }

    private void say(String key, Object value) {
        out.println(
                key.toLowerCase(Locale.ROOT)
                        + "="
                        + String.valueOf(value).replaceAll("\\s+", " ").strip());
        out.flush();
    }

    @SuppressWarnings("restricted") // dlerror's words are as long as its terminating zero says
    private void load(String name) throws Throwable {
        say("trying", name);
        // Looked up before: a look-up between the two calls would wipe out what dlerror has to say.
        MethodHandle open =
                own("dlopen", ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.JAVA_INT);
        MethodHandle error = own("dlerror", ValueLayout.ADDRESS);
        try (var arena = Arena.ofConfined()) {
            MemorySegment spelled = arena.allocateFrom(name);
            var handle = (MemorySegment) open.invoke(spelled, NOW_AND_FOR_ALL);
            var words = (MemorySegment) error.invoke();
            if (handle.address() == 0) {
                say(
                        "error." + name,
                        words.address() == 0 ? "unknown" : words.reinterpret(4096).getString(0));
                return;
            }
            say("path." + name, path(name));
            ask(name, handle, arena);
        }
    }

    private void ask(String name, MemorySegment handle, Arena arena) throws Throwable {
        if (name.startsWith("libcuda.")) {
            driver(handle, arena);
        } else if (name.startsWith("libcudart.")) {
            number(handle, arena, "cudaRuntimeGetVersion").ifPresent(v -> say("version.cudart", v));
        } else if (name.startsWith("libcudnn.")) {
            Optional<MemorySegment> version = symbol(handle, arena, "cudnnGetVersion");
            if (version.isPresent()) {
                var call = foreign(version.get(), ValueLayout.JAVA_LONG);
                say("version.cudnn", (long) call.invoke());
            }
        }
    }

    /// What the driver says of itself and of the GPUs that this process may use.
    private void driver(MemorySegment handle, Arena arena) throws Throwable {
        number(handle, arena, "cuDriverGetVersion").ifPresent(v -> say("version.driver", v));
        Optional<MemorySegment> init = symbol(handle, arena, "cuInit");
        if (init.isEmpty()) {
            return;
        }
        say("trying", "cuInit");
        int code = (int) foreign(init.get(), ValueLayout.JAVA_INT, ValueLayout.JAVA_INT).invoke(0);
        say("cuinit", code);
        if (code != 0) {
            return;
        }
        Optional<Integer> gpus = number(handle, arena, "cuDeviceGetCount");
        say("gpus", gpus.orElse(0));
        for (int gpu = 0; gpu < Math.min(gpus.orElse(0), MOST_GPUS); gpu++) {
            gpu(handle, arena, gpu);
        }
    }

    private void gpu(MemorySegment handle, Arena arena, int index) throws Throwable {
        MemorySegment name = arena.allocate(256);
        Optional<MemorySegment> getName = symbol(handle, arena, "cuDeviceGetName");
        if (getName.isPresent()) {
            var call =
                    foreign(
                            getName.get(),
                            ValueLayout.JAVA_INT,
                            ValueLayout.ADDRESS,
                            ValueLayout.JAVA_INT,
                            ValueLayout.JAVA_INT);
            if ((int) call.invoke(name, 255, index) == 0) {
                say("gpu.%d.name".formatted(index), name.getString(0));
            }
        }
        int major = attribute(handle, arena, MAJOR, index);
        int minor = attribute(handle, arena, MINOR, index);
        say("gpu.%d.capability".formatted(index), major + "." + minor);
        Optional<MemorySegment> memory = symbol(handle, arena, "cuDeviceTotalMem_v2");
        if (memory.isPresent()) {
            MemorySegment bytes = arena.allocate(ValueLayout.JAVA_LONG);
            var call =
                    foreign(
                            memory.get(),
                            ValueLayout.JAVA_INT,
                            ValueLayout.ADDRESS,
                            ValueLayout.JAVA_INT);
            if ((int) call.invoke(bytes, index) == 0) {
                say("gpu.%d.mib".formatted(index), bytes.get(ValueLayout.JAVA_LONG, 0) >> 20);
            }
        }
    }

    private int attribute(MemorySegment handle, Arena arena, int which, int gpu) throws Throwable {
        Optional<MemorySegment> get = symbol(handle, arena, "cuDeviceGetAttribute");
        if (get.isEmpty()) {
            return 0;
        }
        MemorySegment value = arena.allocate(ValueLayout.JAVA_INT);
        var call =
                foreign(
                        get.get(),
                        ValueLayout.JAVA_INT,
                        ValueLayout.ADDRESS,
                        ValueLayout.JAVA_INT,
                        ValueLayout.JAVA_INT);
        return (int) call.invoke(value, which, gpu) == 0 ? value.get(ValueLayout.JAVA_INT, 0) : 0;
    }

    /// A function that writes one number and returns 0.
    private Optional<Integer> number(MemorySegment handle, Arena arena, String name)
            throws Throwable {
        Optional<MemorySegment> function = symbol(handle, arena, name);
        if (function.isEmpty()) {
            return Optional.empty();
        }
        MemorySegment value = arena.allocate(ValueLayout.JAVA_INT);
        var call = foreign(function.get(), ValueLayout.JAVA_INT, ValueLayout.ADDRESS);
        return (int) call.invoke(value) == 0
                ? Optional.of(value.get(ValueLayout.JAVA_INT, 0))
                : Optional.empty();
    }

    private Optional<MemorySegment> symbol(MemorySegment handle, Arena arena, String name)
            throws Throwable {
        var lookup = own("dlsym", ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.ADDRESS);
        var found = (MemorySegment) lookup.invoke(handle, arena.allocateFrom(name));
        return found.address() == 0 ? Optional.empty() : Optional.of(found);
    }

    private MethodHandle own(String name, MemoryLayout result, MemoryLayout... parameters) {
        return foreign(linker.defaultLookup().find(name).orElseThrow(), result, parameters);
    }

    @SuppressWarnings(
            "restricted") // every signature is NVIDIA's documented one, and this process may crash
    private MethodHandle foreign(
            MemorySegment function, MemoryLayout result, MemoryLayout... parameters) {
        return linker.downcallHandle(function, FunctionDescriptor.of(result, parameters));
    }

    /// Which of the files of this name was taken.
    private static String path(String name) {
        String stem = name.substring(0, name.indexOf(".so") + 3);
        try (Stream<String> maps = Files.lines(Path.of("/proc/self/maps"))) {
            return maps.filter(line -> line.contains("/" + stem))
                    .map(line -> line.substring(line.indexOf('/')))
                    .reduce((_, last) -> last)
                    .orElse("unknown");
        } catch (IOException e) {
            return "unknown";
        }
    }
}
