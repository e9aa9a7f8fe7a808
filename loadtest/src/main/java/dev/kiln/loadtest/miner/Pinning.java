package dev.kiln.loadtest.miner;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// Keeps generator and measured on cores of their own, where `taskset` is to be had.
public final class Pinning {
    private final boolean works;

    private Pinning(boolean works) {
        this.works = works;
    }

    /// Pins this process, all its threads, to one core.
    ///
    /// @param core counted from 0
    public static Pinning ofThisProcess(int core) throws InterruptedException {
        String pid = Long.toString(ProcessHandle.current().pid());
        return new Pinning(runs(List.of("taskset", "-a", "-c", "-p", Integer.toString(core), pid)));
    }

    /// Pins nothing.
    public static Pinning none() {
        return new Pinning(false);
    }

    private static boolean runs(List<String> command) throws InterruptedException {
        try {
            Process process =
                    new ProcessBuilder(command)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .redirectError(ProcessBuilder.Redirect.DISCARD)
                            .start();
            return process.waitFor(10, TimeUnit.SECONDS) && process.exitValue() == 0;
        } catch (IOException e) {
            return false;
        }
    }

    /// Whether anything is pinned.
    public boolean works() {
        return works;
    }

    /// The words that start a command on one core; none where that does not work.
    public List<String> on(int core) {
        return works ? List.of("taskset", "-c", Integer.toString(core)) : List.of();
    }

    /// The words that start a command on two cores; none where that does not work.
    public List<String> onBoth(int one, int other) {
        return works ? List.of("taskset", "-c", one + "," + other) : List.of();
    }

    /// The words that start a command on all cores but one; none where that does not work.
    ///
    /// @param cores how many there are
    public List<String> beside(int core, int cores) {
        String others =
                IntStream.range(0, cores)
                        .filter(each -> each != core)
                        .mapToObj(Integer::toString)
                        .collect(Collectors.joining(","));
        return works && !others.isEmpty() ? List.of("taskset", "-c", others) : List.of();
    }

    /// A command started on one core.
    public List<String> on(int core, List<String> command) {
        List<String> pinned = new ArrayList<>(on(core));
        pinned.addAll(command);
        return pinned;
    }
}
