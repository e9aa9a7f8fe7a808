package dev.kiln.loadtest.cli;

import dev.kiln.loadtest.compare.Compare;
import dev.kiln.loadtest.page.Page;
import dev.kiln.loadtest.page.PageFile;
import dev.kiln.loadtest.report.LoadJson;
import dev.kiln.loadtest.report.LoadRun;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `kiln load report`.
@Command(
        name = "report",
        description = {
            "Makes one HTML page of a run's JSON: verdict, plots, tables, the command to run it again.",
            "The page needs no network and nothing beside it.",
            ""
        },
        footer = {
            "",
            "Exit codes: 0 written, 2 it cannot be.",
            "Example:  ./kiln load report run.json",
            "          ./kiln load report run.json --against yesterday.json -o today.html"
        })
final class LoadReportCommand implements Callable<Integer> {
    @Parameters(paramLabel = "RUN.json", description = "what `load run` or `load search` wrote")
    private Path run = Path.of("");

    @Option(
            names = {"-o", "--out"},
            paramLabel = "FILE",
            description = "where the page goes (default: RUN.html beside it)")
    private @Nullable Path out;

    @Option(
            names = "--against",
            paramLabel = "EARLIER.json",
            description = "an earlier run to compare with")
    private @Nullable Path against;

    @Option(names = "--force", description = "compare even what should not be compared")
    private boolean force;

    @Override
    public Integer call() {
        try {
            LoadRun read = LoadJson.read(run);
            Path file = Optional.ofNullable(out).orElseGet(() -> beside(run));
            PageFile.write(file, page(read));
            System.out.println("report      " + file);
            return 0;
        } catch (IOException | IllegalArgumentException | Failure e) {
            System.err.println("kiln load report: " + e.getMessage());
            return Failure.CANNOT_RUN;
        }
    }

    private String page(LoadRun read) throws IOException, Failure {
        if (against == null) {
            return Page.of(read);
        }
        LoadRun before = LoadJson.read(against);
        refuse(Compare.obstacles(before, read), force);
        return Page.of(
                read, new Page.Earlier(before, Compare.of(before, read, Compare.Rules.DEFAULT)));
    }

    static void refuse(List<String> obstacles, boolean force) throws Failure {
        if (!obstacles.isEmpty() && !force) {
            throw new Failure(
                    Failure.CANNOT_RUN,
                    "these runs should not be compared:\n  %s\n  --force compares them all the same"
                            .formatted(String.join("\n  ", obstacles)));
        }
    }

    private static Path beside(Path json) {
        String name = json.getFileName().toString();
        String stem = name.endsWith(".json") ? name.substring(0, name.length() - 5) : name;
        return json.resolveSibling(stem + ".html");
    }
}
