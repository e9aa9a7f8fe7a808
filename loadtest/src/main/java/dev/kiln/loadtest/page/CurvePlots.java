package dev.kiln.loadtest.page;

import dev.kiln.loadtest.report.LoadRun;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What a search tried: latency and goodput over the rate offered, with the knee, the capacity and the deadline.
final class CurvePlots {
    private static final String RATE = "offered, requests each second";

    private final LoadRun run;
    private final LoadRun.Search search;
    private final List<LoadRun.Point> points;

    CurvePlots(LoadRun run, LoadRun.Search search) {
        this.run = run;
        this.search = search;
        this.points =
                search.points().stream()
                        .filter(point -> !point.phase().equals("recovery"))
                        .sorted(Comparator.comparingDouble(LoadRun.Point::ratePerS))
                        .toList();
    }

    List<Plot> all() {
        return List.of(latency(), goodput());
    }

    private Plot latency() {
        double highest = points.stream().mapToDouble(LoadRun.Point::p99Ms).max().orElse(0);
        List<Plot.Series> series = new ArrayList<>();
        series.add(curve("p50", "muted", LoadRun.Point::p50Ms));
        series.add(curve("p99", "first", LoadRun.Point::p99Ms));
        dots("meets", "good", series, LoadRun.Point::p99Ms);
        dots("misses", "bad", series, LoadRun.Point::p99Ms);
        dots("void", "muted", series, LoadRun.Point::p99Ms);
        List<Plot.Mark> marks = new ArrayList<>(rates());
        Deadline.mark(run, highest).ifPresent(marks::add);
        return new Plot(
                "curve",
                "Latency over throughput",
                "Each mark is one rate that was tried: a dot where it meets “%s”, a cross where it misses."
                                .formatted(search.objective())
                        + Deadline.sentence(run, highest),
                "large",
                Plot.Drawing.curves(
                        Plot.Axis.fromZero(RATE), Plot.Axis.log("latency, ms"), series, marks),
                table());
    }

    private Plot goodput() {
        List<Plot.Series> series = new ArrayList<>();
        double most = points.stream().mapToDouble(LoadRun.Point::ratePerS).max().orElse(0);
        series.add(
                new Plot.Series(
                        "all good", "muted", "dashed", List.of(0.0, most), List.of(0.0, most)));
        series.add(curve("good", "first", LoadRun.Point::goodPerS));
        dots("meets", "good", series, LoadRun.Point::goodPerS);
        dots("misses", "bad", series, LoadRun.Point::goodPerS);
        dots("void", "muted", series, LoadRun.Point::goodPerS);
        return new Plot(
                "goodput",
                "Goodput over throughput",
                "Answers that met deadline, signature, receipt and quality. Past its capacity a good server keeps its goodput; a bad one loses it.",
                "large",
                Plot.Drawing.curves(
                        Plot.Axis.fromZero(RATE),
                        Plot.Axis.fromZero("good answers each second"),
                        series,
                        rates()),
                table());
    }

    /// The rates that the search found.
    private List<Plot.Mark> rates() {
        List<Plot.Mark> marks = new ArrayList<>();
        mark("knee", search.kneePerS(), "third").ifPresent(marks::add);
        mark("SLO capacity", search.slo().perS(), "good").ifPresent(marks::add);
        return marks;
    }

    private static Optional<Plot.Mark> mark(String name, double rate, String color) {
        return rate > 0
                ? Optional.of(new Plot.Mark("x", rate, name + " " + Say.rate(rate), color))
                : Optional.empty();
    }

    /// What is drawn of a point.
    private interface Figure {
        double of(LoadRun.Point point);
    }

    private Plot.Series curve(String name, String color, Figure figure) {
        return series(
                name, color, "line", points.stream().filter(CurvePlots::sound).toList(), figure);
    }

    private void dots(String word, String color, List<Plot.Series> series, Figure figure) {
        List<LoadRun.Point> those =
                points.stream().filter(point -> point.word().equals(word)).toList();
        if (!those.isEmpty()) {
            series.add(series(word, color, "dots", those, figure));
        }
    }

    private static boolean sound(LoadRun.Point point) {
        return !point.word().equals("void");
    }

    private static Plot.Series series(
            String name, String color, String shape, List<LoadRun.Point> points, Figure figure) {
        List<@Nullable Double> y = new ArrayList<>();
        points.forEach(point -> {
            double value = figure.of(point);
            y.add(value > 0 ? value : null);
        });
        return new Plot.Series(
                name, color, shape, points.stream().map(LoadRun.Point::ratePerS).toList(), y);
    }

    private Table table() {
        return Table.cards(
                        "Every rate tried, in the order of trying",
                        List.of(
                                "rate",
                                "phase",
                                "good",
                                "share good (95 %)",
                                "p50",
                                "p99",
                                "refused",
                                ""))
                .rows(
                        search.points().stream()
                                .map(point ->
                                        List.of(
                                                Say.rate(point.ratePerS()),
                                                point.phase(),
                                                Say.rate(point.goodPerS()),
                                                Say.range(
                                                        Say.share(point.goodShare().low()),
                                                        Say.share(point.goodShare().high())),
                                                Say.millis(point.p50Ms()),
                                                Say.millis(point.p99Ms()),
                                                Say.count(point.refused()),
                                                point.word()))
                                .toList());
    }
}
