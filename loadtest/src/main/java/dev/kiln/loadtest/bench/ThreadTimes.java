package dev.kiln.loadtest.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/// Processor time of a server's threads by what they do, where the system tells.
public final class ThreadTimes {
    /// Linux counts in hundredths of a second, whatever its own clock does.
    private static final long TICK_NANOS = 10_000_000;

    /// Its place behind the name; system time follows it.
    private static final int USER_TIME = 11;

    public static final String COMPILER = "compiler";
    public static final String LANES = "lanes: the engine";

    private static final String OTHERS = "all other threads";

    /// How thread names begin, as far as the system keeps them, and what such threads do.
    private static final Map<String, String> WORK = new LinkedHashMap<>();

    static {
        WORK.put("lane-", LANES);
        WORK.put("ForkJoinPool-", "calls: read, prepare, encode");
        WORK.put("vert.x-eventloo", "event loop: HTTP");
        WORK.put("VM Thread", "garbage collector");
        WORK.put("GC Thread", "garbage collector");
        WORK.put("C2 CompilerThre", COMPILER);
        WORK.put("C1 CompilerThre", COMPILER);
    }

    private ThreadTimes() {}

    /// Nanoseconds up to now; empty where the system does not tell.
    public static Map<String, Long> of(long pid) {
        Map<String, Long> times = new TreeMap<>();
        try (Stream<Path> threads = Files.list(Path.of("/proc", Long.toString(pid), "task"))) {
            for (Path thread : threads.toList()) {
                add(thread, times);
            }
            return times;
        } catch (IOException e) {
            return Map.of();
        }
    }

    private static void add(Path thread, Map<String, Long> times) throws IOException {
        try {
            String stat = Files.readString(thread.resolve("stat"));
            int behindName = stat.lastIndexOf(')');
            String name = stat.substring(stat.indexOf('(') + 1, behindName);
            String[] fields = stat.substring(behindName + 2).split(" ", -1);
            long ticks = Long.parseLong(fields[USER_TIME]) + Long.parseLong(fields[USER_TIME + 1]);
            String work =
                    WORK.entrySet().stream()
                            .filter(each -> name.startsWith(each.getKey()))
                            .map(Map.Entry::getValue)
                            .findFirst()
                            .orElse(OTHERS);
            times.merge(work, ticks * TICK_NANOS, Long::sum);
        } catch (NoSuchFileException ended) {
            // It ended while we looked.
            times.merge(OTHERS, 0L, Long::sum);
        }
    }

    /// What an answer takes beside the engine, compilers apart: of what [#between] says.
    public static double besideEngine(Map<String, Double> micros) {
        double beside = 0;
        for (Map.Entry<String, Double> each : micros.entrySet()) {
            boolean counts = !each.getKey().equals(LANES) && !each.getKey().equals(COMPILER);
            beside += counts ? each.getValue() : 0;
        }
        return beside;
    }

    /// Microseconds an answer, by work.
    public static Map<String, Double> between(
            Map<String, Long> before, Map<String, Long> after, long answers) {
        Map<String, Double> micros = new TreeMap<>();
        after.forEach((work, nanos) ->
                micros.put(
                        work,
                        Math.max(0, nanos - before.getOrDefault(work, 0L))
                                / 1e3
                                / Math.max(1, answers)));
        return micros;
    }
}
