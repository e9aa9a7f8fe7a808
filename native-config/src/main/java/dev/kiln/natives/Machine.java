package dev.kiln.natives;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.stream.Stream;

/// What the machine grants this process. Facts that the system does not tell are empty or `unknown`.
///
/// @param cores processors the JVM may use, container limits counted in
/// @param cpu the processor's model name
/// @param memoryBytes physical memory of the machine
/// @param memoryLimitBytes what a container allows, if less
/// @param cpuLimit processors' worth of time a container allows, if limited
/// @param openFiles how many files and sockets may be open at once (the soft limit)
/// @param jvm vendor and version
/// @param system operating system, its version and the architecture
public record Machine(
        int cores,
        String cpu,
        OptionalLong memoryBytes,
        OptionalLong memoryLimitBytes,
        OptionalDouble cpuLimit,
        OptionalLong openFiles,
        String jvm,
        String system) {
    private static final String UNKNOWN = "unknown";

    /// Looks around.
    public static Machine here() {
        return under(Path.of("/"));
    }

    /// @param root the folder that holds `proc` and `sys`
    static Machine under(Path root) {
        Path groups = root.resolve("sys/fs/cgroup");
        OptionalLong memory = memory(root.resolve("proc/meminfo"));
        OptionalLong limit = number(groups.resolve("memory.max"));
        if (limit.isEmpty()) {
            limit = number(groups.resolve("memory/memory.limit_in_bytes"));
        }
        boolean limited = limit.isPresent() && limit.getAsLong() < memory.orElse(Long.MAX_VALUE);
        return new Machine(
                Runtime.getRuntime().availableProcessors(),
                field(root.resolve("proc/cpuinfo"), "model name"),
                memory,
                limited ? limit : OptionalLong.empty(),
                cpuLimit(groups.resolve("cpu.max")),
                openFiles(root.resolve("proc/self/limits")),
                System.getProperty("java.vendor")
                        + " "
                        + System.getProperty("java.runtime.version"),
                "%s %s %s"
                        .formatted(
                                System.getProperty("os.name"),
                                System.getProperty("os.version"),
                                System.getProperty("os.arch")));
    }

    private static OptionalLong memory(Path meminfo) {
        String[] words = field(meminfo, "MemTotal").split(" ", -1);
        OptionalLong kibibytes = number(words[0]);
        return kibibytes.isPresent() ? OptionalLong.of(kibibytes.getAsLong() * 1024) : kibibytes;
    }

    /// `cpu.max` holds a quota and a period in microseconds, or `max` and a period.
    private static OptionalDouble cpuLimit(Path cpuMax) {
        String[] words = firstLine(cpuMax).split(" ", -1);
        if (words.length != 2) {
            return OptionalDouble.empty();
        }
        OptionalLong quota = number(words[0]);
        OptionalLong period = number(words[1]);
        if (quota.isEmpty() || period.isEmpty() || period.getAsLong() == 0) {
            return OptionalDouble.empty();
        }
        return OptionalDouble.of((double) quota.getAsLong() / period.getAsLong());
    }

    /// The soft limit stands first after the name: `Max open files   1024   524288   files`.
    private static OptionalLong openFiles(Path limits) {
        String name = "Max open files";
        return lines(limits)
                .filter(line -> line.startsWith(name))
                .map(line -> number(line.substring(name.length()).strip().split(" ", -1)[0]))
                .findFirst()
                .orElse(OptionalLong.empty());
    }

    private static String field(Path file, String name) {
        return lines(file)
                .filter(line -> line.startsWith(name) && line.contains(":"))
                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                .findFirst()
                .orElse(UNKNOWN);
    }

    private static OptionalLong number(Path file) {
        return number(firstLine(file));
    }

    private static OptionalLong number(String digits) {
        try {
            return OptionalLong.of(Long.parseLong(digits));
        } catch (NumberFormatException e) {
            return OptionalLong.empty();
        }
    }

    private static String firstLine(Path file) {
        return lines(file).findFirst().orElse("").strip();
    }

    private static Stream<String> lines(Path file) {
        try {
            return Files.readAllLines(file).stream();
        } catch (IOException e) {
            return Stream.empty();
        }
    }
}
