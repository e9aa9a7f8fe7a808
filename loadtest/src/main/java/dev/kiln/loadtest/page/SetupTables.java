package dev.kiln.loadtest.page;

import dev.kiln.loadtest.report.LoadRun;
import java.util.List;

/// What was run against whom and on what, captured by the run itself.
final class SetupTables {
    private SetupTables() {}

    static List<Table> of(LoadRun run) {
        return List.of(plan(run), target(run), environment(run));
    }

    private static Table plan(LoadRun run) {
        LoadRun.Plan plan = run.setup().plan();
        LoadRun.WarmUp warmUp = run.setup().warmUp();
        Integer inFlight = plan.inFlight();
        return table("The traffic")
                .row("seed", String.valueOf(plan.seed()))
                .row(
                        "loop",
                        inFlight == null
                                ? plan.loop()
                                : "%s, %d in flight".formatted(plan.loop(), inFlight))
                .row(
                        "profile",
                        "%s, %s on average".formatted(plan.profile(), Say.rate(plan.ratePerS())))
                .row("measured", Say.digits(plan.seconds()) + " s")
                .row(
                        "warm-up, not counted",
                        "%s s, %s requests, %s (%s)"
                                .formatted(
                                        Say.digits(warmUp.seconds()),
                                        Say.count(warmUp.sent()),
                                        warmUp.steady()
                                                ? "steady"
                                                : "not steady: it ran out of time",
                                        warmUp.rule()))
                .row("payload lengths", plan.lengths())
                .row("deadline", Say.millis(plan.deadlineMs()))
                .row("receipts", plan.receipts());
    }

    private static Table target(LoadRun run) {
        LoadRun.Target target = run.setup().target();
        LoadRun.Model model = target.model();
        LoadRun.Served served = run.served();
        return table("The miner, by its own signed word")
                .row("address", target.url())
                .row("hotkey", "%s (%s)".formatted(target.hotkey(), target.scheme()))
                .row("dialects", target.dialects())
                .row("model", known(model.name()))
                .row("model digest", known(model.sha256()))
                .row("engine", known(model.engine()))
                .row(
                        "device",
                        "asked for %s, active %s, proved %s"
                                .formatted(
                                        known(model.deviceRequested()),
                                        known(model.deviceActive()),
                                        known(model.deviceProved())))
                .row(
                        "batches",
                        served.receipts() == 0
                                ? Say.NOTHING
                                : "mean %s, largest %d, told by %s receipts"
                                        .formatted(
                                                Say.digits(served.meanBatch()),
                                                served.largestBatch(),
                                                Say.count(served.receipts())));
    }

    private static Table environment(LoadRun run) {
        LoadRun.Environment environment = run.setup().environment();
        return table("The generator")
                .row("Kiln", environment.kiln())
                .row("revision", known(environment.revision()))
                .row("system", environment.os())
                .row("processor", "%s, %d cores".formatted(environment.cpu(), environment.cores()))
                .row("JVM", environment.jvm())
                .row("JVM flags", String.join(" ", environment.jvmFlags()))
                .row("pinning", environment.pinning())
                .row("load average at the start", Say.digits(environment.loadAverage()));
    }

    private static Table table(String caption) {
        return new Table(caption, List.of("", ""), List.of(), "facts");
    }

    private static String known(String text) {
        return text.isEmpty() ? Say.NOTHING : text;
    }
}
