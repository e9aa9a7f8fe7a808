package dev.kiln.natives;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/// What a child process did: a program that may crash, run where it takes nothing of ours with it.
///
/// @param out the beginning of its standard output
/// @param err the beginning of its standard error
/// @param exit its exit code; empty if it had to be killed
public record Child(String out, String err, Optional<Integer> exit) {
    /// Bytes read of each of the two streams; the rest is thrown away.
    static final int MAX_OUTPUT_BYTES = 64 * 1024;

    /// Properties by which a JVM was told where native libraries lie or go.
    private static final List<String> INHERITED =
            List.of("onnxruntime.native.path", "java.io.tmpdir");

    /// Runs a program to its end, or until the time is up.
    ///
    /// @throws IOException if it cannot be started
    /// @throws InterruptedException if this thread is interrupted while it waits; the child is killed
    public static Child run(List<String> command, Duration timeout)
            throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).start();
        try {
            var out = new CompletableFuture<String>();
            var err = new CompletableFuture<String>();
            start("child-out", () -> out.complete(read(process, true)));
            start("child-err", () -> err.complete(read(process, false)));
            boolean ended = process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS);
            if (!ended) {
                kill(process);
            }
            return new Child(
                    soon(out),
                    soon(err),
                    ended ? Optional.of(process.exitValue()) : Optional.empty());
        } finally {
            kill(process);
        }
    }

    /// Not virtual: the caller may be nice, and so would be a carrier that is started for them. See [Gently].
    private static void start(String name, Runnable reading) {
        Thread.ofPlatform().daemon().name(name).start(reading);
    }

    /// The command that starts a main class in a JVM like this one, with its class path.
    public static List<String> java(String mainClass, List<String> arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("--enable-native-access=ALL-UNNAMED");
        command.add("-XX:TieredStopAtLevel=1");
        command.add("-XX:+UseSerialGC");
        // A child may crash; its report belongs with other passing files, not into this folder.
        command.add(
                "-XX:ErrorFile="
                        + Path.of(System.getProperty("java.io.tmpdir"), "kiln-child-%p.log"));
        for (String inherited : INHERITED) {
            String value = System.getProperty(inherited);
            if (value != null) {
                command.add("-D%s=%s".formatted(inherited, value));
            }
        }
        command.add("-cp");
        command.add(System.getProperty("java.class.path"));
        command.add(mainClass);
        command.addAll(arguments);
        return command;
    }

    /// In words, if a signal ended it, as a crash does.
    public Optional<String> crash() {
        return exit.filter(code -> code > 128)
                .map(code -> "crashed with signal %d (exit code %d)".formatted(code - 128, code));
    }

    /// A grandchild may hold the pipe open after the child is dead: what has not come by now is left.
    private static String soon(CompletableFuture<String> text) {
        return text.completeOnTimeout("", 2, TimeUnit.SECONDS).join();
    }

    private static String read(Process child, boolean standardOutput) {
        try (var stream = standardOutput ? child.getInputStream() : child.getErrorStream()) {
            byte[] kept = stream.readNBytes(MAX_OUTPUT_BYTES);
            stream.transferTo(OutputStream.nullOutputStream());
            return new String(kept, StandardCharsets.UTF_8);
        } catch (IOException e) {
            return "";
        }
    }

    private static void kill(Process child) {
        List<ProcessHandle> family = new ArrayList<>(child.descendants().toList());
        family.add(child.toHandle());
        family.forEach(ProcessHandle::destroyForcibly);
    }
}
