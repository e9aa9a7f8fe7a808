package dev.kiln.loadtest.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Keeps generator and measured on cores of their own, where `taskset` is to be had.
final class Pinning {
    private final boolean works;

    private Pinning(boolean works) {
        this.works = works;
    }

    /// Pins this process, all its threads, to one core.
    ///
    /// @param core counted from 0
    static Pinning ofThisProcess(int core) throws InterruptedException {
        String pid = Long.toString(ProcessHandle.current().pid());
        return new Pinning(runs(List.of("taskset", "-a", "-c", "-p", Integer.toString(core), pid)));
    }

    /// Pins nothing.
    static Pinning none() {
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
    boolean works() {
        return works;
    }

    /// The words that start a command on one core; none where that does not work.
    List<String> on(int core) {
        return works ? List.of("taskset", "-c", Integer.toString(core)) : List.of();
    }

    /// A command started on one core.
    List<String> on(int core, List<String> command) {
        List<String> pinned = new ArrayList<>(on(core));
        pinned.addAll(command);
        return pinned;
    }
}
