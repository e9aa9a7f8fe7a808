package dev.kiln.loadtest.miner;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/// `kiln serve` as a child process. Should this JVM end first, the child is told to stop.
///
/// **Threads:** confined to one; a thread of its own reads the child's standard output.
public final class MinerProcess implements AutoCloseable {
    private static final int TAIL_LINES = 15;
    private static final long PAGE = 4096;

    private final Process process;
    private final Path log;
    private final CompletableFuture<ReadyLine> ready = new CompletableFuture<>();
    private final Thread killer;

    private MinerProcess(Process process, Path log) {
        this.process = process;
        this.log = log;
        this.killer = Thread.ofPlatform().unstarted(() -> end(ProcessHandle::destroy));
        Runtime.getRuntime().addShutdownHook(killer);
        Thread.ofPlatform().name("miner-output").daemon().start(this::readOutput);
    }

    /// Starts it.
    ///
    /// @param environment set on top of this process's own
    /// @param log takes the child's standard error
    public static MinerProcess start(
            List<String> command, Map<String, String> environment, Path log) throws IOException {
        var builder = new ProcessBuilder(command).redirectError(log.toFile());
        // The user's wallets stay out of it: a miner refuses to serve beside a coldkey.
        builder.environment().put("BT_WALLET_PATH", log.resolveSibling("wallets").toString());
        builder.environment().putAll(environment);
        Process process = builder.start();
        process.getOutputStream().close();
        return new MinerProcess(process, log);
    }

    private void readOutput() {
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                ReadyLine.parse(line).ifPresent(ready::complete);
            }
            ready.completeExceptionally(new IOException("the miner ended before it was ready"));
        } catch (IOException e) {
            ready.completeExceptionally(e);
        }
    }

    /// Waits for the ready line.
    ///
    /// @param waiting told about once a second how long it has been
    /// @throws MinerException if the child ends or is not ready in time; the message holds the end of its log
    public ReadyLine awaitReady(Duration longest, Consumer<Duration> waiting)
            throws MinerException, InterruptedException {
        long start = System.nanoTime();
        while (true) {
            Duration waited = Duration.ofNanos(System.nanoTime() - start);
            if (waited.compareTo(longest) > 0) {
                throw new MinerException(
                        "the miner was not ready after %d s".formatted(longest.toSeconds()),
                        tail());
            }
            try {
                return ready.get(1, TimeUnit.SECONDS);
            } catch (TimeoutException e) {
                waiting.accept(Duration.ofNanos(System.nanoTime() - start));
            } catch (ExecutionException e) {
                throw new MinerException(reason(e), tail());
            }
        }
    }

    private static String reason(ExecutionException failed) {
        return Optional.ofNullable(failed.getCause())
                .map(Throwable::getMessage)
                .orElse("unknown failure");
    }

    /// Its number in the system.
    public long pid() {
        return process.pid();
    }

    /// Tells it to stop (SIGTERM) and waits; one that does not obey is killed.
    ///
    /// @return its exit code, -1 if it had to be killed
    public int stop(Duration longest) throws InterruptedException {
        process.destroy();
        boolean obeyed = process.waitFor(longest.toMillis(), TimeUnit.MILLISECONDS);
        if (!obeyed) {
            end(ProcessHandle::destroyForcibly);
            process.waitFor();
        }
        forget();
        return obeyed ? process.exitValue() : -1;
    }

    /// Kills it (SIGKILL) and waits until it is gone: nothing is cleaned up, nothing is marked.
    public void kill() throws InterruptedException {
        end(ProcessHandle::destroyForcibly);
        process.waitFor();
        forget();
    }

    /// Processor time used up to now in nanoseconds, where the system tells.
    public OptionalLong cpuNanos() {
        return process.info()
                .totalCpuDuration()
                .map(used -> OptionalLong.of(used.toNanos()))
                .orElseGet(OptionalLong::empty);
    }

    /// Resident memory in bytes, where the system tells.
    public OptionalLong residentBytes() {
        try {
            String line = Files.readString(Path.of("/proc", Long.toString(process.pid()), "statm"));
            return OptionalLong.of(Long.parseLong(line.split(" ", 3)[1]) * PAGE);
        } catch (IOException | NumberFormatException e) {
            return OptionalLong.empty();
        }
    }

    /// The last lines of the child's log.
    public String tail() {
        try {
            List<String> lines = Files.readAllLines(log, StandardCharsets.UTF_8);
            return String.join(
                    "\n", lines.subList(Math.max(0, lines.size() - TAIL_LINES), lines.size()));
        } catch (IOException e) {
            return "(its log cannot be read: %s)".formatted(e.getMessage());
        }
    }

    private void forget() {
        try {
            Runtime.getRuntime().removeShutdownHook(killer);
        } catch (IllegalStateException e) {
            // This JVM is ending already; the hook has run or will find the child gone.
        }
    }

    /// Ends it and whatever it has started: a launcher may stand between us and the miner. Whoever lost its parent can
    /// no more be found, so descendants are listed before anybody ends.
    private void end(Consumer<ProcessHandle> how) {
        List<ProcessHandle> all = new ArrayList<>(process.descendants().toList());
        all.add(process.toHandle());
        all.forEach(how);
    }

    /// Kills it, and whatever it has started, if it still runs.
    @Override
    public void close() {
        end(ProcessHandle::destroyForcibly);
        forget();
    }
}
