package dev.kiln.loadtest.bench;

import dev.kiln.loadtest.miner.MinerException;
import dev.kiln.loadtest.miner.Pinning;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The engine alone: the raw loop of model-adapters as a child process.
public final class RawChild {
    private static final String MAIN = "dev.kiln.adapter.onnx.RawLoop";

    private final Pinning pinning;
    private final int core;
    private final Path texts;
    private final int callers;
    private final List<String> model;
    private final int maxItems;

    /// @param texts one text a line, the same that the served side gets
    /// @param callers texts that wait at a time
    public RawChild(Pinning pinning, int core, Path texts, int callers) {
        this.pinning = pinning;
        this.core = core;
        this.texts = texts;
        this.callers = callers;
        this.model = List.of();
        this.maxItems = BatchRule.MAX_ITEMS;
    }

    private RawChild(RawChild other, List<String> model, int maxItems) {
        this.pinning = other.pinning;
        this.core = other.core;
        this.texts = other.texts;
        this.callers = other.callers;
        this.model = model;
        this.maxItems = maxItems;
    }

    /// The same with another model than the embedded one.
    ///
    /// @param folder with `model.onnx` and `tokenizer.json`
    /// @param dimension of its vectors
    public RawChild with(Path folder, int dimension) {
        var other = List.of(folder.toAbsolutePath().toString(), Integer.toString(dimension));
        return new RawChild(this, other, maxItems);
    }

    /// The same with other batches.
    ///
    /// @param items texts in one at most
    public RawChild inBatchesOf(int items) {
        return new RawChild(this, model, items);
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
                new ArrayList<>(
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "--enable-native-access=ALL-UNNAMED",
                                "--sun-misc-unsafe-memory-access=allow",
                                "-XX:+UseSerialGC",
                                "-Xms64m",
                                "-Xmx512m", // it reads the whole model into the heap once
                                "-cp",
                                classPath,
                                MAIN,
                                texts.toString(),
                                Double.toString(seconds),
                                Integer.toString(maxItems),
                                Integer.toString(BatchRule.MAX_COST),
                                Double.toString(BatchRule.MAX_PADDING),
                                Integer.toString(callers)));
        command.addAll(model);
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

    /// How both sides form batches: the server's defaults.
    static final class BatchRule {
        static final int MAX_ITEMS = 32;
        static final int MAX_COST = 1024;
        static final double MAX_PADDING = 0.1;

        private BatchRule() {}
    }
}
