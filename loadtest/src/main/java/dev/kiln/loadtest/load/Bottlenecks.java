package dev.kiln.loadtest.load;

import dev.kiln.loadtest.report.LoadRun;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Names what holds a server back, from what its receipts and metrics say, and what to try next.
final class Bottlenecks {
    private static final double BUSY = 0.85;

    private Bottlenecks() {}

    record Finding(LoadRun.Bottleneck bottleneck, List<String> next) {}

    static Finding of(LoadTest.Measured measured) {
        List<LoadRun.Stage> stages = LoadReport.served(measured).stages();
        if (stages.isEmpty()) {
            return new Finding(
                    new LoadRun.Bottleneck(
                            "unknown",
                            "no receipt with sees: full and no metrics; let one validator see more"),
                    List.of("set sees: full for a validator in the server's roster"));
        }
        return of(stages, processor(measured.samples()));
    }

    /// @param cpuShare the server's processor time as a share of one core, where it is known
    static Finding of(List<LoadRun.Stage> stages, Optional<Double> cpuShare) {
        LoadRun.Stage longest =
                stages.stream()
                        .max(Comparator.comparingDouble(LoadRun.Stage::meanMs))
                        .orElseThrow();
        LoadRun.Stage behind = waitedFor(longest, stages);
        String why =
                String.format(
                        Locale.ROOT,
                        "%s takes %.2f ms of a call, %.0f %% of its latency%s%s",
                        longest.name().replace('_', ' '),
                        longest.meanMs(),
                        100 * longest.share(),
                        behind.equals(longest)
                                ? ""
                                : String.format(
                                        Locale.ROOT,
                                        "; calls wait there for %s (%.2f ms)",
                                        behind.name(),
                                        behind.meanMs()),
                        cpuShare.map(share ->
                                        String.format(
                                                Locale.ROOT, "; the server uses %.2f cores", share))
                                .orElse(""));
        return new Finding(new LoadRun.Bottleneck(behind.name(), why), next(behind, cpuShare));
    }

    /// A queue is no cause: calls wait in it for the stage behind it.
    private static LoadRun.Stage waitedFor(LoadRun.Stage longest, List<LoadRun.Stage> stages) {
        if (!longest.name().equals("queue")) {
            return longest;
        }
        return stages.stream()
                .filter(stage -> stage.name().equals("compute"))
                .findFirst()
                .orElse(longest);
    }

    private static List<String> next(LoadRun.Stage stage, Optional<Double> cpuShare) {
        return switch (stage.name()) {
            case "compute" ->
                    cpuShare.filter(share -> share < BUSY).isPresent()
                            ? List.of(
                                    "the processor is not busy: more models[].engine-threads, or a larger batch.max-items")
                            : List.of(
                                    "a smaller model or a faster device, for texts also a smaller models[].max-tokens; then search again",
                                    "batch.max-padding up and down: fuller batches against padding");
            case "verify" ->
                    List.of(
                            "limits.verifications up: more signatures checked at once",
                            "ed25519 callers cost less to check; compare `kiln bench keys`");
            case "batch_wait" -> List.of("batch.max-linger down: calls wait for company");
            case "prepare" -> List.of("smaller inputs; for texts limits.text-chars bounds them");
            case "encode", "sign" ->
                    List.of("smaller answers, such as fewer texts in a call; then search again");
            case "queue" -> List.of("more models[].engine-threads");
            default ->
                    List.of(
                            "the time is spent outside of the stages: network, connections, a busy box; search again from another machine, or with more --connections");
        };
    }

    private static Optional<Double> processor(List<LoadRun.Sample> samples) {
        List<Double> shares = new ArrayList<>();
        for (LoadRun.Sample sample : samples) {
            Double share = sample.cpuShare();
            if (share != null) {
                shares.add(share);
            }
        }
        return shares.isEmpty()
                ? Optional.empty()
                : Optional.of(shares.stream().mapToDouble(Double::doubleValue).average().orElse(0));
    }
}
