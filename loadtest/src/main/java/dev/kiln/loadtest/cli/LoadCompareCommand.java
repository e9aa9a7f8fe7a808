package dev.kiln.loadtest.cli;

import dev.kiln.loadtest.compare.Compare;
import dev.kiln.loadtest.compare.CompareJson;
import dev.kiln.loadtest.compare.CompareText;
import dev.kiln.loadtest.compare.Comparison;
import dev.kiln.loadtest.report.LoadJson;
import dev.kiln.loadtest.report.LoadRun;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `kiln load compare`.
@Command(
        name = "compare",
        description = {
            "Says what changed from one run to another, whether that is more than noise, and what else differs.",
            "Refuses void runs and runs of different workloads.",
            ""
        },
        footer = {
            "",
            "Exit codes: 0 not worse, 1 worse, 2 not comparable or cannot be read.",
            "Example:  ./kiln load compare before.json after.json",
            "          ./kiln load compare before.json after.json --least 5 --json"
        })
final class LoadCompareCommand implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "BEFORE.json", description = "the earlier run")
    private Path before = Path.of("");

    @Parameters(index = "1", paramLabel = "AFTER.json", description = "the later run")
    private Path after = Path.of("");

    @Option(
            names = "--least",
            paramLabel = "PERCENT",
            description = "smallest change of a latency or rate that matters (default: 3)")
    private double least = Compare.Rules.DEFAULT.least() * 100;

    @Option(names = "--force", description = "compare even what should not be compared")
    private boolean force;

    @Option(names = "--json", description = "print JSON instead of text")
    private boolean json;

    @Override
    public Integer call() {
        try {
            if (!(least >= 0) || least > 1000) {
                throw new Failure(
                        Failure.CANNOT_RUN, "--least must be from 0 to 1000, was " + least);
            }
            LoadRun first = LoadJson.read(before);
            LoadRun second = LoadJson.read(after);
            LoadReportCommand.refuse(Compare.obstacles(first, second), force);
            var rules = new Compare.Rules(Compare.Rules.DEFAULT.confidence(), least / 100);
            Comparison comparison = Compare.of(first, second, rules);
            if (json) {
                System.out.print(CompareJson.write(comparison));
            } else {
                CompareText.of(comparison).forEach(System.out::println);
            }
            return comparison.exitCode();
        } catch (IOException | IllegalArgumentException | Failure e) {
            System.err.println("kiln load compare: " + e.getMessage());
            return Failure.CANNOT_RUN;
        }
    }
}
