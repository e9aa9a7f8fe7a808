package dev.kiln.server.metrics;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.lang.management.MemoryUsage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// What this process takes of the machine's memory, for whoever looks for leaks.
///
/// **Threads:** any.
public final class ProcessMemory {
    private static final Path STATM = Path.of("/proc/self/statm");
    private static final long PAGE = 4096;
    private static final String SURVIVORS = "Survivor Space";

    private ProcessMemory() {}

    /// Shows it.
    public static void watch(Meters meters) {
        meters.gauge(
                "process.resident.memory.bytes",
                "Resident memory; no number where the system does not tell",
                ProcessMemory::resident);
        meters.gauge(
                "kiln.memory.heap.bytes",
                "Java heap in use after the last collection of each of its parts",
                ProcessMemory::live);
        meters.gauge(
                "kiln.memory.native.bytes",
                "Resident memory less what of the Java heap was ever used: models, buffers, code",
                () -> Math.max(0, resident() - touched()));
    }

    private static double resident() {
        try {
            return Long.parseLong(Files.readString(STATM).split(" ", 3)[1]) * (double) PAGE;
        } catch (IOException | NumberFormatException e) {
            return Double.NaN;
        }
    }

    /// What of the heap has been written to, and so is resident: each pool up to its peak, and never again less. Of the
    /// serial collector's two survivor spaces only one is told.
    private static double touched() {
        double touched = 0;
        for (MemoryPoolMXBean pool : heapPools()) {
            double peak = pool.getPeakUsage().getUsed();
            touched += pool.getName().equals(SURVIVORS) ? 2 * peak : peak;
        }
        return Math.min(touched, (double) Runtime.getRuntime().maxMemory());
    }

    private static double live() {
        double live = 0;
        for (MemoryPoolMXBean pool : heapPools()) {
            MemoryUsage after = pool.getCollectionUsage();
            live += after == null ? 0 : after.getUsed();
        }
        return live;
    }

    private static List<MemoryPoolMXBean> heapPools() {
        return ManagementFactory.getMemoryPoolMXBeans().stream()
                .filter(pool -> pool.getType() == MemoryType.HEAP)
                .toList();
    }
}
