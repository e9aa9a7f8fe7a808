package dev.kiln.loadtest.rivals;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What this machine is, in words for a document.
final class Machine {
    private static final Pattern PROCESSOR =
            Pattern.compile("^model name\\s*:\\s*(.+)$", Pattern.MULTILINE);
    private static final Pattern MEMORY =
            Pattern.compile("^MemTotal:\\s*(\\d+) kB$", Pattern.MULTILINE);

    private Machine() {}

    static String words(boolean pinned) {
        return "%d cores of %s, %s GiB, no GPU used, JDK %s, load average %.2f when it ended%s"
                .formatted(
                        cores(),
                        found(PROCESSOR, "/proc/cpuinfo", "a processor that does not say its name"),
                        gibibytes(),
                        System.getProperty("java.version"),
                        ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage(),
                        pinned ? "" : "; NOT pinned, there is no taskset here");
    }

    /// Of the machine: this process itself is pinned to one.
    private static long cores() {
        try {
            return PROCESSOR.matcher(Files.readString(Path.of("/proc/cpuinfo"))).results().count();
        } catch (IOException e) {
            return Runtime.getRuntime().availableProcessors();
        }
    }

    private static String gibibytes() {
        String kilobytes = found(MEMORY, "/proc/meminfo", "0");
        return String.format(Locale.ROOT, "%.0f", Long.parseLong(kilobytes) / 1048576.0);
    }

    private static String found(Pattern pattern, String file, String otherwise) {
        try {
            Matcher matcher = pattern.matcher(Files.readString(Path.of(file)));
            return matcher.find() ? matcher.group(1) : otherwise;
        } catch (IOException e) {
            return otherwise;
        }
    }
}
