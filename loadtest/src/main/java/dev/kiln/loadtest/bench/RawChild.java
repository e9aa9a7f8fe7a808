package dev.kiln.loadtest.bench;

import dev.kiln.loadtest.miner.KilnHome;
import dev.kiln.loadtest.miner.MinerException;
import dev.kiln.loadtest.miner.Pinning;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The engine alone: the raw loop of model-adapters as a child process.
public final class RawChild {
    private static final String MAIN = "dev.kiln.adapter.bench.RawLoop";

    private final Pinning pinning;
    private final int core;
    private final Work work;

    /// What it runs.
    ///
    /// @param source the model's, as the served side's configuration has it
    /// @param inputs the same that the served side gets, as the raw loop reads them
    /// @param batches the served side's rule
    /// @param callers inputs that wait at a time
    public record Work(String source, Path inputs, BatchRule batches, int callers) {}

    public RawChild(Pinning pinning, int core, Work work) {
        this.pinning = pinning;
        this.core = core;
        this.work = work;
    }

    /// Runs it once.
    ///
    /// @return what it printed, by key
    public Map<String, Double> run(double seconds)
            throws MinerException, IOException, InterruptedException {
        String classPath =
                Optional.ofNullable(System.getProperty("kiln.server.classpath"))
                        .orElseThrow(() ->
                                new MinerException(
                                        "start this command with ./kiln, or give -Dkiln.server.classpath",
                                        ""));
        List<String> command =
                List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow",
                        "-XX:+UseSerialGC",
                        "-Xms256m", // the server's own, so that both collect as often
                        "-Xmx256m",
                        "-XX:NewRatio=1",
                        "-XX:SurvivorRatio=3",
                        "-XX:MaxTenuringThreshold=3",
                        "-cp",
                        classPath,
                        MAIN,
                        work.source(),
                        KilnHome.cache().toString(),
                        work.inputs().toString(),
                        Double.toString(seconds),
                        Integer.toString(work.batches().maxItems()),
                        Integer.toString(work.batches().maxCost()),
                        Double.toString(work.batches().maxPadding()),
                        Integer.toString(work.callers()));
        Path log = Files.createTempFile("kiln-raw-", ".log");
        try {
            return run(pinning.on(core, command), log);
        } finally {
            Files.delete(log);
        }
    }

    private static Map<String, Double> run(List<String> command, Path log)
            throws MinerException, IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectError(log.toFile()).start();
        Map<String, Double> figures = new LinkedHashMap<>();
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                String[] parts = line.split("=", 2);
                if (parts.length == 2) {
                    figures.put(parts[0], Double.parseDouble(parts[1]));
                }
            }
        }
        int code = process.waitFor();
        if (code != 0 || !figures.containsKey("items_per_s")) {
            throw new MinerException(
                    "the raw loop ended with exit code " + code, Files.readString(log));
        }
        return figures;
    }

    /// How both sides form batches.
    public record BatchRule(int maxItems, int maxCost, double maxPadding) {
        /// The server's defaults.
        public static final BatchRule TEXTS = new BatchRule(32, 1024, 0.1);

        /// The same as lines of a model's configuration.
        String yaml() {
            return """
                batch:
                  max-items: %d
                  max-cost: %d
                  max-padding: %s
            """
                    .formatted(maxItems, maxCost, maxPadding);
        }
    }
}
