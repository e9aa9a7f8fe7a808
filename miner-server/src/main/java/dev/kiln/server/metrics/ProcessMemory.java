package dev.kiln.server.metrics;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.lang.management.MemoryUsage;
import java.nio.file.Files;
import java.nio.file.Path;

/// What this process takes of the machine's memory, for whoever looks for leaks.
///
/// **Threads:** any.
public final class ProcessMemory {
    private static final Path STATM = Path.of("/proc/self/statm");
    private static final long PAGE = 4096;

    private ProcessMemory() {}

    /// Shows it.
    public static void watch(Meters meters) {
        meters.gauge(
                "process.resident.memory.bytes",
                "Resident memory; no number where the system does not tell",
                ProcessMemory::resident);
        meters.gauge(
                "kiln.memory.heap.bytes",
                "Java heap in use after the last collection",
                ProcessMemory::live);
        meters.gauge(
                "kiln.memory.native.bytes",
                "Resident memory less the Java heap: models, buffers, code",
                () -> Math.max(0, resident() - committed()));
    }

    private static double resident() {
        try {
            return Long.parseLong(Files.readString(STATM).split(" ", 3)[1]) * (double) PAGE;
        } catch (IOException | NumberFormatException e) {
            return Double.NaN;
        }
    }

    private static double committed() {
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getCommitted();
    }

    private static double live() {
        double live = 0;
        for (MemoryPoolMXBean pool : ManagementFactory.getMemoryPoolMXBeans()) {
            MemoryUsage after = pool.getCollectionUsage();
            if (pool.getType() == MemoryType.HEAP && after != null) {
                live += after.getUsed();
            }
        }
        return live;
    }
}
