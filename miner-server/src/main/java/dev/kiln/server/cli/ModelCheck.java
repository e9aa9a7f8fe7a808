package dev.kiln.server.cli;

import dev.kiln.adapter.probe.CheckReport;
import dev.kiln.server.config.Home;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "check",
        description =
                "Loads a model's folder in a child process, runs batches of 1, 2 and 5 and the golden samples, and reports every problem at once.",
        footer = {
            "",
            "Exit codes: 0 nothing wrong, 1 problems, 2 no such folder, or none of its weights are there",
            "",
            "Example: kiln model check models/my-model --write"
        },
        mixinStandardHelpOptions = true)
final class ModelCheck implements Callable<Integer> {
    private final Home home;

    @Spec private CommandSpec spec = CommandSpec.create();

    @Parameters(
            paramLabel = "FOLDER",
            description =
                    "A folder with a model.yaml, or the name of a model that was added from the catalogue.")
    private Path folder = Path.of("");

    @Option(
            names = "--json",
            description = "Prints {ok, facts, batches, golden, tolerance, problems}.")
    private boolean json;

    @Option(
            names = "--write",
            description = "Writes the calibrated tolerance into model.yaml, if nothing is wrong.")
    private boolean write;

    @Option(
            names = "--cache",
            paramLabel = "FOLDER",
            description = "Where native libraries are unpacked; the default is the server's.")
    private @Nullable Path cache;

    ModelCheck(Home home) {
        this.home = home;
    }

    @Override
    public Integer call() throws InterruptedException, IOException {
        Path kept = cache == null ? home.cache() : cache;
        CheckTarget target = CheckTarget.of(folder, kept);
        if (target.problem().isPresent()) {
            spec.commandLine().getErr().println(target.problem().get());
            return Exit.USAGE;
        }
        Path manifest = target.folder().resolve("model.yaml");
        CheckReport report = CheckReport.of(target.folder().toAbsolutePath(), kept);
        boolean ok = report.problems().isEmpty();
        boolean written = write && ok && !report.golden().isEmpty();
        if (written) {
            report.writeTolerance(manifest);
        }
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(Json.text(map(report, ok)));
        } else {
            print(out, report, written);
            if (ok) {
                out.println("ok: nothing wrong was found");
                out.println("next: " + target.serving());
            }
        }
        return ok ? Exit.OK : Exit.FAILED;
    }

    private static Map<String, Object> map(CheckReport report, boolean ok) {
        List<Object> golden = new ArrayList<>();
        for (var one : report.golden()) {
            Map<String, Object> facts = new LinkedHashMap<>();
            facts.put("name", one.name());
            facts.put("alone", number(one.alone()));
            facts.put("batched", number(one.batched()));
            facts.put("tolerance", number(one.tolerance()));
            facts.put("ok", one.ok());
            golden.add(facts);
        }
        Map<String, Object> batches = new LinkedHashMap<>();
        report.batches().forEach((n, difference) -> batches.put(n.toString(), number(difference)));
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("ok", ok);
        map.put("facts", report.facts());
        map.put("batches", batches);
        map.put("golden", golden);
        map.put("tolerance", number(report.calibrated()));
        map.put("problems", report.problems());
        return map;
    }

    /// JSON has no infinity.
    private static Object number(double value) {
        return Double.isFinite(value) ? value : "infinite";
    }

    private void print(PrintWriter out, CheckReport report, boolean written) {
        report.facts().forEach((key, value) -> out.println(row(key, value)));
        report.batches()
                .forEach((n, difference) ->
                        out.println(
                                row(
                                        "batch of " + n,
                                        "differs from alone by " + small(difference))));
        for (var one : report.golden()) {
            out.println(
                    row(
                            "golden " + one.name(),
                            "alone %s, in a batch %s, tolerance %s  %s"
                                    .formatted(
                                            small(one.alone()),
                                            small(one.batched()),
                                            small(one.tolerance()),
                                            one.ok() ? "ok" : "WRONG")));
        }
        if (!report.problems().isEmpty()) {
            report.problems().forEach(problem -> out.println("problem: " + problem));
            return;
        }
        if (report.golden().isEmpty()) {
            out.println("no golden sample: nothing proves that the results are right");
        } else {
            String then = written ? "written to model.yaml" : "--write puts it into model.yaml";
            out.println(row("calibrated", small(report.calibrated()) + "  " + then));
        }
    }

    private static String row(String name, String value) {
        return "%-20s %s".formatted(name, value);
    }

    private static String small(double value) {
        return String.format(Locale.ROOT, "%.2e", value);
    }
}
