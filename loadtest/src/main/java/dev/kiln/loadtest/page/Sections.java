package dev.kiln.loadtest.page;

import dev.kiln.loadtest.report.LoadRun;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/// The parts of the page that are text and tables.
final class Sections {
    /// Causes named one by one; a server that makes up new ones fills no page.
    private static final int MOST_CAUSES = 20;

    private final LoadRun run;
    private final Html html;

    Sections(LoadRun run, Html html) {
        this.run = run;
        this.html = html;
    }

    static String estimate(LoadRun.Estimate estimate) {
        return "%s (95 %%: %s)"
                .formatted(
                        Say.rate(estimate.perS()),
                        Say.range(
                                Say.rate(estimate.interval().low()),
                                Say.rate(estimate.interval().high())));
    }

    static String interval(LoadRun.Interval interval) {
        return Say.range(Say.millis(interval.low()), Say.millis(interval.high()));
    }

    void outcome() {
        LoadRun.Totals totals = run.totals();
        LoadRun.Failures failures = totals.failures();
        html.open("section").element("h2", "What became of every request");
        html.open("div", "class", "scroll").open("table", "class", "bars");
        html.element(
                "caption",
                "Of %s offered, %s were sent; nothing is ever dropped."
                        .formatted(Say.count(totals.offered()), Say.count(totals.sent())));
        html.open("thead").open("tr");
        List.of("outcome", "requests", "share", "")
                .forEach(head -> html.element("th", head, "scope", "col"));
        html.close("tr").close("thead").open("tbody");
        bar("good: deadline, signature and content hold", totals.good(), "good");
        bar("late: right, after the deadline", totals.late(), "warn");
        bar("mistaken: in time and not right", failures.mistaken(), "bad");
        bar("refused by the server", failures.refused(), "second");
        bar("expired: given up in the server", failures.expired(), "second");
        bar("wrong content", failures.wrong(), "bad");
        bar("unproved: no valid signature", failures.unproved(), "bad");
        bar("lost: nothing whole came", failures.lost(), "bad");
        bar("unsent: no connection in time", failures.unsent(), "muted");
        html.close("tbody").close("table").close("div");
        if (failures.unsigned() > 0) {
            html.element(
                    "p",
                    "%s answers carried no signature; receipts were off, so they count as answered."
                            .formatted(Say.count(failures.unsigned())),
                    "class",
                    "quiet");
        }
        if (totals.quality().crossTalk() > 0) {
            html.element(
                    "p",
                    "Cross-talk: answers that carried another request's content: %s."
                            .formatted(Say.count(totals.quality().crossTalk())),
                    "class",
                    "alarm");
        }
        causes(totals.causes());
        quality(totals.quality());
        html.close("section");
    }

    private void quality(LoadRun.Quality quality) {
        List<LoadRun.Measure> measures = quality.measures();
        if (measures != null) {
            Table table =
                    Table.of(
                            "What the answers are worth: %s, %s judged"
                                    .formatted(quality.task(), Say.count(quality.scored())),
                            List.of("measure", "value", "bar", "holds"));
            for (LoadRun.Measure each : measures) {
                table =
                        table.row(
                                each.name(),
                                each.value() == null ? Say.NOTHING : Say.digits(each.value(), 4),
                                each.bound() == null
                                        ? Say.NOTHING
                                        : "at %s %s"
                                                .formatted(
                                                        each.side(), Say.digits(each.bound(), 4)),
                                each.holds() ? "yes" : "NO");
            }
            table.write(html);
        }
        List<LoadRun.Bin> bins = quality.reliability();
        if (bins != null) {
            Table table =
                    Table.of(
                            "How far probabilities can be believed",
                            List.of("probability", "answers", "mean of it", "were right"));
            for (LoadRun.Bin bin : bins) {
                table =
                        table.row(
                                "%s to %s"
                                        .formatted(
                                                Say.digits(bin.from(), 1), Say.digits(bin.to(), 1)),
                                Say.count(bin.count()),
                                Say.digits(bin.confidence(), 3),
                                Say.digits(bin.accuracy(), 3));
            }
            table.write(html);
        }
    }

    private void bar(String name, long count, String color) {
        long offered = Math.max(1, run.totals().offered());
        double share = (double) count / offered;
        html.open("tr").element("th", name, "scope", "row").element("td", Say.count(count));
        html.element("td", Say.share(share)).open("td", "class", "bar");
        html.open(
                "svg",
                "viewBox",
                "0 0 100 10",
                "preserveAspectRatio",
                "none",
                "aria-hidden",
                "true");
        html.open(
                "rect",
                "class",
                color,
                "height",
                "10",
                "width",
                Say.digits(count == 0 ? 0 : Math.max(0.4, share * 100), 2));
        html.close("rect").close("svg").close("td").close("tr");
    }

    private void causes(LoadRun.Causes causes) {
        Table table = Table.of("Why", List.of("cause", "requests"));
        table = table.rows(rows("refused: ", causes.refused()));
        table = table.rows(rows("wrong: ", causes.wrong()));
        table = table.rows(rows("unproved: ", causes.unproved()));
        table = table.rows(rows("lost: ", causes.lost()));
        if (!table.rows().isEmpty()) {
            table.write(html);
        }
    }

    private static List<List<String>> rows(String kind, Map<String, Long> causes) {
        List<List<String>> rows = new ArrayList<>();
        causes.entrySet().stream()
                .sorted(
                        Map.Entry.<String, Long>comparingByValue(Comparator.reverseOrder())
                                .thenComparing(Map.Entry.comparingByKey()))
                .limit(MOST_CAUSES)
                .forEach(cause ->
                        rows.add(List.of(kind + cause.getKey(), Say.count(cause.getValue()))));
        if (causes.size() > MOST_CAUSES) {
            rows.add(List.of(kind + "%d more causes".formatted(causes.size() - MOST_CAUSES), ""));
        }
        return rows;
    }

    void latency() {
        LoadRun.Timing latency = run.latency();
        html.element(
                "p",
                "%s. From the intended moment p99 is %s (95 %%: %s); counted only from the sending it would be %s. The generator itself was late by %s at p99 and %s at most, used %s of one core, and %s answers waited at most to be judged."
                        .formatted(
                                run.setup().plan().loop().equals("closed")
                                        ? "Closed loop: the next request waits for an answer, so these latencies flatter a slow server"
                                        : "Open loop: requests go out at their moment whether or not the server keeps up",
                                Say.millis(latency.corrected().p99Ms()),
                                interval(latency.corrected().p99Interval()),
                                Say.millis(latency.uncorrected().p99Ms()),
                                Say.millis(latency.lateness().late().p99Ms()),
                                Say.millis(latency.lateness().late().maxMs()),
                                Say.share(latency.lateness().cpuShare()),
                                Say.count(latency.lateness().unjudged())));
        if (latency.refusals().count() > 0) {
            html.element(
                    "p",
                    "A refusal came after %s in the middle, %s at p99."
                            .formatted(
                                    Say.millis(latency.refusals().p50Ms()),
                                    Say.millis(latency.refusals().p99Ms())),
                    "class",
                    "quiet");
        }
        html.element("p", "Recorded from %s.".formatted(latency.range()), "class", "quiet");
    }

    void capacity(LoadRun.Search search) {
        Table table = Table.of("What the search found", List.of("", ""));
        table = table.row("SLO capacity: " + search.objective(), estimate(search.slo()));
        table = table.row("capacity: completes what is offered", estimate(search.capacity()));
        table = table.row("knee: most good answers per wait", Say.rate(search.kneePerS()));
        Double recovery = search.recoveryS();
        table =
                table.row(
                        "recovery after overload",
                        recovery == null ? "did not come back" : Say.millis(recovery * 1e3));
        table.row("bottleneck: " + search.bottleneck().stage(), search.bottleneck().why())
                .write(html);
        if (!search.next().isEmpty()) {
            html.element("h3", "Try next").open("ul");
            search.next().forEach(next -> html.element("li", next));
            html.close("ul");
        }
    }

    void validators() {
        html.open("section").element("h2", "Validators");
        Table.cards(
                        "Each with its own key, patience and clock",
                        List.of(
                                "validator",
                                "dialect",
                                "key",
                                "sees",
                                "stake, TAO",
                                "patience",
                                "clock",
                                "offered",
                                "good",
                                "refused",
                                "expired",
                                "failed",
                                "p50",
                                "p99",
                                "pay"))
                .rows(run.validators().stream().map(Sections::row).toList())
                .write(html);
        html.element("p", "Pay: " + run.totals().rates().payCurve() + ".", "class", "quiet");
        html.close("section");
    }

    private static List<String> row(LoadRun.Caller caller) {
        LoadRun.Share share = caller.share();
        return List.of(
                caller.label(),
                caller.dialect(),
                caller.scheme(),
                caller.sees().isEmpty() ? Say.NOTHING : caller.sees(),
                Say.digits(caller.stake(), 0),
                Say.millis(caller.timeoutMs()),
                (caller.clockOffsetMs() > 0 ? "+" : "") + Say.millis(caller.clockOffsetMs()),
                Say.count(share.offered()),
                Say.share(share.offered() == 0 ? null : (double) share.good() / share.offered()),
                Say.count(share.refused()),
                Say.count(share.expired()),
                Say.count(share.failed()),
                Say.millis(share.p50Ms()),
                Say.millis(share.p99Ms()),
                Say.share(share.payShare()));
    }

    void setup() {
        html.open("section").element("h2", "Run it again");
        html.open("pre", "tabindex", "0").element("code", run.setup().command()).close("pre");
        SetupTables.of(run).forEach(table -> table.write(html));
        html.close("section");
    }
}
