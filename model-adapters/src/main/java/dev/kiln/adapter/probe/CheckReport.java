package dev.kiln.adapter.probe;

import dev.kiln.natives.Child;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// What a check of a model's folder found.
///
/// @param facts engine, device, times, memory
/// @param batches for each batch size the largest difference to the same inputs run alone
/// @param golden what the golden samples gave
/// @param problems in words; none if all is well
public record CheckReport(
        Map<String, String> facts,
        Map<Integer, Double> batches,
        List<GoldenResult> golden,
        List<String> problems) {
    private static final Duration AT_MOST = Duration.ofMinutes(5);

    /// Room that a calibrated tolerance leaves above the largest difference seen: other processors round otherwise.
    private static final double ROOM = 4;

    private static final double LEAST_TOLERANCE = 1e-6;

    /// What one golden sample gave.
    ///
    /// @param alone largest difference of a number when run alone
    /// @param batched likewise in one batch with the others
    public record GoldenResult(String name, double alone, double batched, double tolerance) {
        public boolean ok() {
            return alone <= tolerance && batched <= tolerance;
        }
    }

    public CheckReport {
        facts = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(facts));
        batches = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(batches));
        golden = List.copyOf(golden);
        problems = List.copyOf(problems);
    }

    /// Looks a folder over in a child process.
    ///
    /// @throws InterruptedException if this thread is interrupted while it waits; the child is killed
    public static CheckReport of(Path folder, Path cacheFolder) throws InterruptedException {
        try {
            List<String> arguments = List.of(folder.toString(), cacheFolder.toString());
            return parse(Child.run(Child.java(CheckMain.class.getName(), arguments), AT_MOST));
        } catch (IOException e) {
            return new CheckReport(
                    Map.of(),
                    Map.of(),
                    List.of(),
                    List.of("no child process could be started: " + e));
        }
    }

    static CheckReport parse(Child child) {
        Map<String, String> facts = new LinkedHashMap<>();
        Map<Integer, Double> batches = new LinkedHashMap<>();
        List<GoldenResult> golden = new ArrayList<>();
        List<String> problems = new ArrayList<>();
        for (String line : child.out().lines().toList()) {
            String[] words = line.split("\t", -1);
            switch (words[0]) {
                case "fact" -> facts.put(words[1], words[2]);
                case "batch" -> batches.put(Integer.valueOf(words[1]), Double.valueOf(words[2]));
                case "golden" ->
                        golden.add(
                                new GoldenResult(
                                        words[1],
                                        Double.parseDouble(words[2]),
                                        Double.parseDouble(words[3]),
                                        Double.parseDouble(words[4])));
                case "problem" -> problems.add(words[1]);
                default -> {} // a library's own words
            }
        }
        ending(child).ifPresent(problems::add);
        var report = new CheckReport(facts, batches, golden, List.of());
        problems.addAll(report.differences());
        return new CheckReport(facts, batches, golden, problems);
    }

    private static java.util.Optional<String> ending(Child child) {
        if (child.exit().filter(exit -> exit == 0).isPresent()) {
            return java.util.Optional.empty();
        }
        return java.util.Optional.of(
                "the child process that loaded it "
                        + child.crash()
                                .or(() -> child.exit().map("ended with exit code %d"::formatted))
                                .orElse("did not end within %d s".formatted(AT_MOST.toSeconds())));
    }

    private List<String> differences() {
        List<String> problems = new ArrayList<>();
        double most = tolerance("batch_tolerance");
        batches.forEach((n, difference) -> {
            if (!(difference <= most)) {
                problems.add(
                        "a batch of %d differs from its items run alone by %.2e, more than %.1e; state the axis that is the batch, or none, or a batch-tolerance"
                                .formatted(n, difference, most));
            }
        });
        for (GoldenResult one : golden) {
            if (!one.ok()) {
                problems.add(
                        "the golden sample %s differs by %.2e alone and %.2e in a batch, tolerance %.1e"
                                .formatted(
                                        one.name(), one.alone(), one.batched(), one.tolerance()));
            }
        }
        return problems;
    }

    private double tolerance(String fact) {
        return Double.parseDouble(facts.getOrDefault(fact, "0"));
    }

    /// The tolerance that this machine's results call for: a few times the largest difference seen, never more than the
    /// precision allows.
    public double calibrated() {
        double worst = 0;
        for (GoldenResult one : golden) {
            worst = Math.max(worst, Math.max(one.alone(), one.batched()));
        }
        for (double difference : batches.values()) {
            worst = Math.max(worst, difference);
        }
        return Math.max(LEAST_TOLERANCE, Math.min(ROOM * worst, tolerance("precision_tolerance")));
    }

    /// Writes the calibrated tolerance into a manifest, in place of the one that stands there; all else stays as it is.
    ///
    /// @throws IllegalStateException if the check found problems: wrong results are no measure
    public void writeTolerance(Path manifest) throws IOException {
        if (!problems.isEmpty() || golden.isEmpty()) {
            throw new IllegalStateException(
                    "a tolerance is calibrated with golden samples that come out right");
        }
        String line =
                "tolerance: %s  # kiln model check on %s"
                        .formatted(
                                String.format(Locale.ROOT, "%.1e", calibrated()),
                                facts.getOrDefault("engine", "?"));
        List<String> lines = new ArrayList<>(Files.readAllLines(manifest));
        lines.removeIf(old -> old.startsWith("tolerance:"));
        lines.add(line);
        Path temporary = manifest.resolveSibling("model.yaml.part");
        Files.write(temporary, lines);
        Files.move(temporary, manifest, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    }
}
