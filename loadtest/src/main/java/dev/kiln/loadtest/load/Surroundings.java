package dev.kiln.loadtest.load;

import dev.kiln.loadtest.report.Figures;
import dev.kiln.loadtest.report.LoadRun;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// Where the generator runs, as far as that explains figures.
final class Surroundings {
    /// As `kiln --version` says it.
    static final String KILN = "0.1.0";

    private Surroundings() {}

    static LoadRun.Environment look(String pinning) {
        return new LoadRun.Environment(
                KILN,
                revision(),
                System.getProperty("os.name") + " " + System.getProperty("os.arch"),
                processor(),
                Runtime.getRuntime().availableProcessors(),
                System.getProperty("java.vm.version"),
                ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                        .filter(flag -> flag.matches("-(Xm[sx]\\w+|XX:[+-]Use\\w+)"))
                        .toList(),
                pinning,
                Figures.round(
                        ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage(), 2));
    }

    private static String processor() {
        try {
            return Files.readAllLines(Path.of("/proc/cpuinfo")).stream()
                    .filter(line -> line.startsWith("model name"))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElse("");
        } catch (IOException e) {
            return "";
        }
    }

    /// The revision of the tree that the launcher stands in, marked if the tree was changed.
    private static String revision() {
        return Optional.ofNullable(System.getProperty("kiln.root"))
                .map(Surroundings::described)
                .orElse("");
    }

    private static String described(String root) {
        try {
            Process git =
                    new ProcessBuilder(
                                    List.of(
                                            "git",
                                            "-C",
                                            root,
                                            "describe",
                                            "--always",
                                            "--dirty",
                                            "--abbrev=12"))
                            .redirectError(ProcessBuilder.Redirect.DISCARD)
                            .start();
            String said =
                    new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            return git.waitFor(5, TimeUnit.SECONDS) && git.exitValue() == 0 ? said : "";
        } catch (IOException e) {
            return "";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "";
        }
    }

    /// Processor time of this process, in nanoseconds.
    static long ownCpuNanos() {
        return ProcessHandle.current().info().totalCpuDuration().map(Duration::toNanos).orElse(0L);
    }
}
