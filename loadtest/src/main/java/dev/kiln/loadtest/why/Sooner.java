package dev.kiln.loadtest.why;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.DoubleUnaryOperator;

/// What quicker answers would earn, computed over the measured spread of latencies and not over its mean.
final class Sooner {
    private static final double TENTH = 0.9;

    private Sooner() {}

    static List<Derivation.Raise> raises(Evidence evidence, double score) {
        List<Derivation.Raise> raises = new ArrayList<>();
        Map<Double, Long> spread = evidence.latency().spread();
        Optional<LatencyCurve> curve = LatencyCurve.of(evidence.pay().curve());
        if (spread.isEmpty() || curve.isEmpty() || earned(spread, curve.get(), t -> t) <= 0) {
            return raises;
        }
        double now = earned(spread, curve.get(), t -> t);
        double tenth = earned(spread, curve.get(), t -> t * TENTH);
        raises.add(raise("every answer a tenth sooner", score, tenth / now));
        largest(evidence.latency().stages())
                .ifPresent(stage -> {
                    double half = stage.getValue() / 2;
                    double quick = earned(spread, curve.get(), t -> Math.max(0, t - half));
                    raises.add(
                            raise(
                                    "half the time in the stage %s (%.1f ms less)"
                                            .formatted(stage.getKey(), half),
                                    score,
                                    quick / now));
                });
        return raises;
    }

    private static Derivation.Raise raise(String what, double score, double times) {
        double then = Math.min(1, score * times);
        return new Derivation.Raise(
                what, then, then - score, "over the measured spread of latencies");
    }

    private static double earned(
            Map<Double, Long> spread, LatencyCurve curve, DoubleUnaryOperator sooner) {
        return spread.entrySet().stream()
                .mapToDouble(
                        each -> each.getValue() * curve.score(sooner.applyAsDouble(each.getKey())))
                .sum();
    }

    private static Optional<Map.Entry<String, Double>> largest(Map<String, Double> stages) {
        return stages.entrySet().stream()
                .filter(each -> !each.getKey().equals("outside"))
                .max(Map.Entry.comparingByValue());
    }
}
