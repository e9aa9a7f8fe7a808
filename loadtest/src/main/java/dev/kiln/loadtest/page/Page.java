package dev.kiln.loadtest.page;

import dev.kiln.loadtest.compare.Comparison;
import dev.kiln.loadtest.report.LoadRun;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A load run as one HTML file that needs nothing beside it.
///
/// Nothing in it is fetched, and its policy lets nothing run but its own two scripts, each named by its digest: what a
/// server said cannot become one. Without scripts every plot's numbers stand in a table.
public final class Page {
    private final Html html = new Html();
    private final LoadRun run;
    private final Optional<Earlier> earlier;
    private final List<Plot> plots = new ArrayList<>();

    /// A run to compare with, and what the comparison says.
    public record Earlier(LoadRun run, Comparison comparison) {}

    private Page(LoadRun run, Optional<Earlier> earlier) {
        this.run = run;
        this.earlier = earlier;
    }

    public static String of(LoadRun run) {
        return new Page(run, Optional.empty()).whole();
    }

    /// The same beside an earlier run.
    public static String of(LoadRun run, Earlier earlier) {
        return new Page(run, Optional.of(earlier)).whole();
    }

    private String whole() {
        Asset style = Asset.of("page.css");
        Asset library = Asset.library();
        Asset script = Asset.of("page.js");
        html.trusted("<!doctype html>\n").open("html", "lang", "en").open("head");
        html.open("meta", "charset", "utf-8");
        html.open(
                "meta",
                "http-equiv",
                "Content-Security-Policy",
                "content",
                "default-src 'none'; script-src %s %s; style-src %s; base-uri 'none'; form-action 'none'"
                        .formatted(library.policy(), script.policy(), style.policy()));
        html.open("meta", "name", "viewport", "content", "width=device-width, initial-scale=1");
        html.open("meta", "name", "color-scheme", "content", "light dark");
        html.element("title", Headline.title(run));
        html.open("style").trusted(style.text()).close("style").close("head").open("body");
        body();
        html.open("script", "type", "application/json", "id", "plots");
        html.trusted(PlotJson.of(plots.stream().toList())).close("script");
        html.open("script").trusted(library.text()).close("script");
        html.open("script").trusted(script.text()).close("script");
        return html.close("body").close("html").toString();
    }

    private void body() {
        html.open("main");
        new Headline(run).write(html);
        var sections = new Sections(run, html);
        sections.outcome();
        section(
                "Latency",
                () -> {
                    sections.latency();
                    plot(SpectrumPlot.of(run, earlier.map(Earlier::run)));
                });
        LoadRun.Search search = run.search();
        if (search != null) {
            section(
                    "Capacity",
                    () -> {
                        sections.capacity(search);
                        new CurvePlots(run, search).all().forEach(this::plot);
                    });
        }
        section("Second by second", this::seconds);
        if (!run.served().stages().isEmpty()) {
            section("Stages", () -> plot(WaterfallPlot.of(run)));
        }
        sections.validators();
        earlier.ifPresent(before -> new ComparisonSection(before.comparison()).write(html));
        sections.setup();
        html.close("main");
        html.element(
                "footer",
                "Made by Kiln from %s; every figure stands in the run's JSON. Plots by Chart.js, MIT, © Chart.js Contributors."
                        .formatted(run.schema()));
    }

    private void seconds() {
        var seconds = new SecondsPlots(run);
        html.open("div", "class", "grid");
        seconds.traffic().forEach(this::plot);
        html.close("div");
        List<Plot> server = seconds.server();
        if (server.isEmpty()) {
            html.element(
                    "p",
                    "The server offers no metrics, so its batches, queue, processor and memory are not known.",
                    "class",
                    "quiet");
            return;
        }
        html.element("h3", "The server, by its own metrics");
        html.open("div", "class", "grid three");
        server.forEach(this::plot);
        html.close("div");
        trends(run.served().memory());
    }

    private void trends(@Nullable List<LoadRun.Trend> trends) {
        if (trends == null) {
            return;
        }
        Table table =
                Table.of(
                        "Does its memory grow?",
                        List.of("memory", "from", "to", "a hour", "95 %", "so it"));
        for (LoadRun.Trend each : trends) {
            table =
                    table.row(
                            each.name(),
                            Say.digits(each.fromMb(), 1) + " MB",
                            Say.digits(each.toMb(), 1) + " MB",
                            Say.digits(each.mbPerHour(), 2) + " MB",
                            Say.range(
                                    Say.digits(each.interval().low()),
                                    Say.digits(each.interval().high())),
                            each.word());
        }
        table.write(html);
    }

    private void section(String title, Runnable content) {
        html.open("section").element("h2", title);
        content.run();
        html.close("section");
    }

    private void plot(Plot plot) {
        plots.add(plot);
        plot.write(html);
    }
}
