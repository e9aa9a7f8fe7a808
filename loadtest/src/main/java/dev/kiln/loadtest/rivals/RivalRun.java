package dev.kiln.loadtest.rivals;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/// Everything measured, as its file keeps it.
///
/// @param date of the last measurement, ISO
/// @param machine in words
/// @param configurations of each system, in its own words
/// @param absent why a system was not measured, or not at every start
public record RivalRun(
        String date,
        String machine,
        RivalBench.Plan plan,
        Map<String, String> configurations,
        Map<String, String> absent,
        List<Result> results) {

    public RivalRun {
        configurations = new LinkedHashMap<>(configurations);
        absent = new LinkedHashMap<>(absent);
        results = List.copyOf(results);
    }

    /// The same with what an earlier run measured of other systems and models.
    RivalRun beside(RivalRun earlier) {
        List<Result> all = new ArrayList<>(results);
        earlier.results.stream()
                .filter(old -> results.stream().noneMatch(mine -> same(mine, old)))
                .forEach(all::add);
        Map<String, String> configured = new LinkedHashMap<>(earlier.configurations);
        configured.putAll(configurations);
        Map<String, String> missing = new LinkedHashMap<>(earlier.absent);
        missing.keySet()
                .removeIf(id -> results.stream().anyMatch(each -> each.system().equals(id)));
        missing.putAll(absent);
        return new RivalRun(date, machine, plan, configured, missing, all);
    }

    private static boolean same(Result a, Result b) {
        return a.system().equals(b.system()) && a.model().equals(b.model());
    }

    /// Whether every answer was right.
    public boolean sound() {
        return !results.isEmpty() && results.stream().allMatch(Result::sound);
    }

    /// Its starts with one model.
    List<Result> of(Contender contender, String model) {
        return results.stream()
                .filter(each -> each.system().equals(contender.id()) && each.model().equals(model))
                .toList();
    }

    /// Models that were measured, in the order of a round.
    List<String> models() {
        return Exhibit.NAMES.stream()
                .filter(name -> results.stream().anyMatch(each -> each.model().equals(name)))
                .toList();
    }

    /// Median, least and most of one figure over the starts; empty where it was not measured.
    Optional<Range> range(Contender contender, String model, ToDoubleFunction<Result> figure) {
        double[] sorted =
                of(contender, model).stream()
                        .mapToDouble(figure)
                        .filter(value -> !Double.isNaN(value))
                        .sorted()
                        .toArray();
        if (sorted.length == 0) {
            return Optional.empty();
        }
        int middle = sorted.length / 2;
        double median =
                sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
        return Optional.of(new Range(median, sorted[0], sorted[sorted.length - 1]));
    }

    /// A figure over the starts.
    record Range(double median, double least, double most) {}
}
