package dev.kiln.loadtest.page;

import dev.kiln.loadtest.report.LoadRun;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// What happened second by second: traffic and latency, and the server's own figures.
final class SecondsPlots {
    private static final String SECONDS = "seconds";

    private final LoadRun run;
    private final Seconds seconds;

    SecondsPlots(LoadRun run) {
        this.run = run;
        this.seconds = Seconds.of(run.series());
    }

    /// One of the server's figures.
    private record Gauge(
            String id,
            String title,
            String unit,
            String note,
            double scale,
            Function<LoadRun.Sample, @Nullable Double> figure) {}

    private static final List<Gauge> GAUGES =
            List.of(
                    new Gauge(
                            "batch",
                            "Batch size",
                            "items",
                            "Mean items in a batch.",
                            1,
                            LoadRun.Sample::batch),
                    new Gauge(
                            "queue",
                            "Queue age",
                            "ms",
                            "Mean time a call waited in the queue.",
                            1,
                            LoadRun.Sample::queueMs),
                    new Gauge(
                            "queued",
                            "Queue length",
                            "items",
                            "Items waiting at the end of the second.",
                            1,
                            LoadRun.Sample::queued),
                    new Gauge(
                            "cpu",
                            "Processor",
                            "% of one core",
                            "Processor time of the server's process.",
                            100,
                            LoadRun.Sample::cpuShare),
                    new Gauge(
                            "memory",
                            "Memory",
                            "MB",
                            "Resident memory, or the heap where that is not told.",
                            1,
                            LoadRun.Sample::memoryMb),
                    new Gauge(
                            "gc",
                            "Garbage collection",
                            "ms each second",
                            "Pauses of the collector.",
                            1,
                            LoadRun.Sample::gcMs));

    List<Plot> traffic() {
        return List.of(requests(), latency());
    }

    private Plot requests() {
        List<Plot.Series> series = new ArrayList<>();
        series.add(line("offered", "muted", "area", second -> (double) second.offered()));
        series.add(line("good", "first", "line", second -> (double) second.good()));
        if (run.series().stream().anyMatch(second -> second.refused() > 0)) {
            series.add(line("refused", "second", "line", second -> (double) second.refused()));
        }
        Table table =
                Table.of(
                                "Requests by second of their offer",
                                List.of("second", "offered", "good", "refused", "came back"))
                        .rows(
                                seconds.entries().stream()
                                        .map(second ->
                                                List.of(
                                                        String.valueOf(second.s()),
                                                        Say.count(second.offered()),
                                                        Say.count(second.good()),
                                                        Say.count(second.refused()),
                                                        Say.count(second.completed())))
                                        .toList());
        return new Plot(
                "requests",
                "Requests",
                "Counted in the second in which they were offered." + seconds.sentence(),
                "middle",
                Plot.Drawing.curves(
                        Plot.Axis.linear(SECONDS),
                        Plot.Axis.fromZero("requests each second"),
                        series,
                        List.of()),
                table);
    }

    private Plot latency() {
        double highest = run.series().stream().mapToDouble(LoadRun.Second::p99Ms).max().orElse(0);
        List<Plot.Series> series =
                List.of(
                        line("p50", "first", "line", second -> positive(second.p50Ms())),
                        line("p99", "third", "line", second -> positive(second.p99Ms())));
        Table table =
                Table.of("Latency by second of the offer", List.of("second", "p50", "p99"))
                        .rows(
                                seconds.entries().stream()
                                        .map(second ->
                                                List.of(
                                                        String.valueOf(second.s()),
                                                        Say.millis(second.p50Ms()),
                                                        Say.millis(second.p99Ms())))
                                        .toList());
        return new Plot(
                "seconds",
                "Latency",
                "From the intended moment, logarithmic."
                        + Deadline.sentence(run, highest)
                        + seconds.sentence(),
                "middle",
                Plot.Drawing.curves(
                        Plot.Axis.linear(SECONDS),
                        Plot.Axis.log("latency, ms"),
                        series,
                        Deadline.mark(run, highest).stream().toList()),
                table);
    }

    /// The server's figures that it told at least once.
    List<Plot> server() {
        return GAUGES.stream().map(this::server).flatMap(Optional::stream).toList();
    }

    private Optional<Plot> server(Gauge gauge) {
        Plot.Series series =
                line(
                        gauge.title().toLowerCase(java.util.Locale.ROOT),
                        "first",
                        "line",
                        second -> scaled(second.server(), gauge));
        if (series.known().findAny().isEmpty()) {
            return Optional.empty();
        }
        List<List<String>> rows = new ArrayList<>();
        for (int i = 0; i < series.x().size(); i++) {
            rows.add(List.of(Say.digits(series.x().get(i), 0), Say.digits(series.y().get(i))));
        }
        return Optional.of(
                new Plot(
                        gauge.id(),
                        gauge.title(),
                        gauge.note(),
                        "small",
                        Plot.Drawing.curves(
                                Plot.Axis.linear(SECONDS),
                                Plot.Axis.fromZero(gauge.unit()),
                                List.of(series),
                                List.of()),
                        Table.of(
                                        gauge.title() + ", " + gauge.unit(),
                                        List.of("second", gauge.unit()))
                                .rows(rows)));
    }

    private static @Nullable Double scaled(LoadRun.@Nullable Sample sample, Gauge gauge) {
        Double value = sample == null ? null : gauge.figure().apply(sample);
        return value == null ? null : Objects.requireNonNull(value) * gauge.scale();
    }

    private Plot.Series line(
            String name,
            String color,
            String shape,
            Function<LoadRun.Second, @Nullable Double> figure) {
        return new Plot.Series(name, color, shape, seconds.moments(), seconds.of(figure));
    }

    /// A logarithmic axis has no place for nothing.
    private static @Nullable Double positive(double millis) {
        return millis > 0 ? millis : null;
    }
}
