package dev.kiln.loadtest.page;

import dev.kiln.loadtest.report.LoadRun;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// The verdict, first and readable from two metres.
final class Headline {
    private final LoadRun run;

    Headline(LoadRun run) {
        this.run = run;
    }

    static String title(LoadRun run) {
        return "%s · Kiln load %s · %s"
                .formatted(
                        word(run),
                        run.search() == null ? "run" : "search",
                        run.setup().target().url());
    }

    private static String word(LoadRun run) {
        return run.verdict().word().toUpperCase(Locale.ROOT);
    }

    void write(Html html) {
        html.open("header", "class", style());
        html.element(
                "p",
                "Kiln load %s · %s · %s"
                        .formatted(
                                run.search() == null ? "run" : "search",
                                run.setup().target().url(),
                                run.setup().started().replace('T', ' ').replace("Z", " UTC")),
                "class",
                "over");
        html.open("h1").element("span", mark() + " " + word(run), "class", "word");
        html.text(sentence()).close("h1");
        List<String> reasons = new ArrayList<>(run.verdict().voids());
        reasons.addAll(run.verdict().reasons());
        if (!reasons.isEmpty()) {
            html.open("ul");
            reasons.forEach(reason -> html.element("li", reason));
            html.close("ul");
        }
        html.close("header");
        tiles(html);
    }

    private String style() {
        return switch (run.verdict().word()) {
            case "pass" -> "verdict pass";
            case "fail" -> "verdict fail";
            default -> "verdict void";
        };
    }

    /// Beside the colour, for those who cannot tell it.
    private String mark() {
        return switch (run.verdict().word()) {
            case "pass" -> "✓";
            case "fail" -> "✕";
            default -> "!";
        };
    }

    private String sentence() {
        LoadRun.Totals totals = run.totals();
        if (run.verdict().word().equals("void")) {
            return "Nothing can be said: the figures below are not to be quoted.";
        }
        LoadRun.Search search = run.search();
        if (search != null) {
            return "SLO capacity %s for “%s”; the knee lies at %s."
                    .formatted(
                            Sections.estimate(search.slo()),
                            search.objective(),
                            Say.rate(search.kneePerS()));
        }
        double deadline = run.setup().plan().deadlineMs();
        return "%s good of %s offered: %s%s."
                .formatted(
                        Say.rate(totals.rates().goodPerS()),
                        Say.rate(totals.rates().offeredPerS()),
                        Say.share(totals.rates().goodShare()),
                        deadline > 0 ? " inside " + Say.millis(deadline) : "");
    }

    private void tiles(Html html) {
        LoadRun.Totals totals = run.totals();
        LoadRun.Distribution latency = run.latency().corrected();
        html.open("dl", "class", "tiles");
        tile(html, "p50", Say.millis(latency.p50Ms()), "from the intended moment");
        tile(
                html,
                "p99",
                Say.millis(latency.p99Ms()),
                "95 %: " + Sections.interval(latency.p99Interval()));
        tile(
                html,
                "goodput",
                Say.rate(totals.rates().goodPerS()),
                Say.share(totals.rates().goodShare()) + " of what was offered");
        LoadRun.Quality quality = totals.quality();
        tile(
                html,
                "quality",
                quality.score() == null ? Say.NOTHING : Say.digits(quality.score(), 3),
                "%s, bar %s".formatted(quality.measure(), Say.digits(quality.bar(), 3)));
        tile(
                html,
                "pay",
                Say.share(totals.rates().payShare()),
                "of the full score, by stake and latency");
        tile(
                html,
                "generator late",
                Say.millis(run.latency().lateness().late().p99Ms()),
                "p99; void above " + Say.millis(run.latency().lateness().allowedP99Ms()));
        html.close("dl");
    }

    private static void tile(Html html, String name, String figure, String under) {
        html.open("div").element("dt", name).element("dd", figure, "class", "figure");
        html.element("dd", under, "class", "under").close("div");
    }
}
