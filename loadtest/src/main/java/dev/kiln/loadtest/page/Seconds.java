package dev.kiln.loadtest.page;

import dev.kiln.loadtest.report.LoadRun;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A run's seconds, thinned where there are more than a plot can show: counts become means, p50 the middle one, p99
/// and queues the worst.
///
/// @param width seconds in one entry
record Seconds(int width, List<LoadRun.Second> entries) {
    /// Most entries of a plot or table.
    static final int MOST = 600;

    static Seconds of(List<LoadRun.Second> series) {
        int width = (series.size() + MOST - 1) / MOST;
        if (width <= 1) {
            return new Seconds(1, series);
        }
        List<LoadRun.Second> entries = new ArrayList<>();
        for (int from = 0; from < series.size(); from += width) {
            entries.add(joined(series.subList(from, Math.min(from + width, series.size()))));
        }
        return new Seconds(width, entries);
    }

    private static LoadRun.Second joined(List<LoadRun.Second> part) {
        return new LoadRun.Second(
                part.getFirst().s(),
                mean(part, LoadRun.Second::offered),
                mean(part, LoadRun.Second::answered),
                mean(part, LoadRun.Second::good),
                mean(part, LoadRun.Second::refused),
                mean(part, LoadRun.Second::completed),
                middle(part.stream().mapToDouble(LoadRun.Second::p50Ms).sorted().toArray()),
                part.stream().mapToDouble(LoadRun.Second::p99Ms).max().orElse(0),
                sample(
                        part.stream()
                                .flatMap(second -> Stream.ofNullable(second.server()))
                                .toList()));
    }

    private static LoadRun.@Nullable Sample sample(List<LoadRun.Sample> known) {
        if (known.isEmpty()) {
            return null;
        }
        return new LoadRun.Sample(
                mean(known.stream().map(LoadRun.Sample::batch)),
                worst(known.stream().map(LoadRun.Sample::queueMs)),
                worst(known.stream().map(LoadRun.Sample::queued)),
                mean(known.stream().map(LoadRun.Sample::cpuShare)),
                worst(known.stream().map(LoadRun.Sample::memoryMb)),
                worst(known.stream().map(LoadRun.Sample::gcMs)),
                worst(known.stream().map(LoadRun.Sample::heapMb)),
                worst(known.stream().map(LoadRun.Sample::nativeMb)));
    }

    private static long mean(List<LoadRun.Second> part, ToDoubleFunction<LoadRun.Second> figure) {
        return Math.round(part.stream().mapToDouble(figure).average().orElse(0));
    }

    private static double middle(double[] sorted) {
        return sorted[sorted.length / 2];
    }

    private static @Nullable Double mean(Stream<@Nullable Double> values) {
        double[] known = known(values);
        return known.length == 0 ? null : Arrays.stream(known).average().orElse(0);
    }

    private static @Nullable Double worst(Stream<@Nullable Double> values) {
        double[] known = known(values);
        return known.length == 0 ? null : Arrays.stream(known).max().orElse(0);
    }

    private static double[] known(Stream<@Nullable Double> values) {
        return values.filter(Objects::nonNull).mapToDouble(Objects::requireNonNull).toArray();
    }

    /// What one plot draws of every second.
    List<@Nullable Double> of(Function<LoadRun.Second, @Nullable Double> figure) {
        List<@Nullable Double> values = new ArrayList<>();
        entries.forEach(second -> values.add(figure.apply(second)));
        return values;
    }

    List<Double> moments() {
        return entries.stream().map(second -> (double) second.s()).toList();
    }

    /// How the entries came about, for a note; empty where each is a second.
    String sentence() {
        return width == 1
                ? ""
                : " Each point joins %d seconds: means of counts, the worst p99 and queue."
                        .formatted(width);
    }
}
