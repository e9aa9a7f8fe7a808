package dev.kiln.loadtest.page;

import dev.kiln.loadtest.report.LoadRun;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Where the mean latency goes, stage after stage.
final class WaterfallPlot {
    private WaterfallPlot() {}

    static Plot of(LoadRun run) {
        List<Double> from = new ArrayList<>();
        List<@Nullable Double> to = new ArrayList<>();
        List<String> names = new ArrayList<>();
        Table table =
                Table.of(
                        "Stages of a call",
                        List.of("stage", "mean", "share of the latency", "known from"));
        double at = 0;
        for (LoadRun.Stage stage : run.served().stages()) {
            from.add(at);
            at += stage.meanMs();
            to.add(at);
            String name = stage.name().replace('_', ' ');
            names.add(name);
            table =
                    table.row(
                            name,
                            Say.millis(stage.meanMs()),
                            Say.share(stage.share()),
                            stage.source());
        }
        var series = new Plot.Series("mean", "first", "bars", from, to);
        return new Plot(
                "stages",
                run.search() == null
                        ? "Where the time goes"
                        : "Where the time goes at the SLO capacity",
                "Mean milliseconds of a call in each stage, one after the other, by the miner's own word; “outside” is what is left of the latency that was measured here.",
                "middle",
                new Plot.Drawing(
                        Plot.Axis.fromZero("ms since the intended moment"),
                        Plot.Axis.linear(""),
                        List.of(series),
                        List.of(),
                        names),
                table);
    }
}
