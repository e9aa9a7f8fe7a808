package dev.kiln.loadtest.cli;

import dev.kiln.loadtest.load.CapacityFile;
import dev.kiln.loadtest.load.LoadText;
import dev.kiln.loadtest.load.Profile;
import dev.kiln.loadtest.load.SearchPlan;
import dev.kiln.loadtest.load.Traffic;
import dev.kiln.loadtest.report.LoadRun;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `kiln load search`.
@Command(
        name = "search",
        sortOptions = false,
        description = {
            "Looks for the highest rate at which a miner's answers are good: a ladder of doubled rates, then bisection.",
            "Then it asks for 1.2, 2 and 4 times as much, sees how soon the miner recovers, and names what holds it back.",
            ""
        },
        footer = {
            "",
            "Exit codes: 0 the capacity holds, 1 it does not, 2 void or could not run.",
            "Example:  ./kiln load search --start --deadline 2s --good 99%% --write-capacity capacity.json"
        })
final class LoadSearchCommand implements Callable<Integer> {
    @Spec private @Nullable CommandSpec spec;

    @Mixin private final LoadOptions options = new LoadOptions();

    @Option(names = "--from", paramLabel = "N", description = "first rate (default: 10)")
    private double from = 10;

    @Option(names = "--to", paramLabel = "N", description = "last rate (default: 20000)")
    private double to = 20_000;

    @Option(
            names = "--step-seconds",
            paramLabel = "N",
            description = "length of each step (default: 10)")
    private double seconds = 10;

    @Option(
            names = "--closeness",
            paramLabel = "SHARE",
            description = "end once the bounds are this near (default: 0.05)")
    private double closeness = 0.05;

    @Option(
            names = "--write-capacity",
            paramLabel = "FILE",
            description = "what a server may advertise")
    private @Nullable Path capacity;

    @Option(
            names = "--safety",
            paramLabel = "SHARE",
            description = "share of the capacity that is advertised (default: 0.8)")
    private double safety = 0.8;

    @Override
    public Integer call() throws InterruptedException {
        boolean stdout = options.json != null && options.json.equals(Path.of("-"));
        Screen screen = Screen.on(stdout ? System.err : System.out);
        try {
            require();
            LoadPage.require(options);
            screen.say("Kiln: a search for capacity (seed %d)".formatted(options.seed));
            var traffic =
                    new Traffic(
                            options.seed,
                            Profile.POISSON,
                            from,
                            seconds,
                            options.mix(),
                            Optional.empty(),
                            OptionalInt.empty());
            var plan = new SearchPlan(from, to, seconds, 1 + closeness, List.of(1.2, 2.0, 4.0));
            LoadRun run =
                    new LoadBench(options, screen)
                            .run(
                                    traffic,
                                    LoadRunCommand.files(options),
                                    LoadRunCommand.words(spec),
                                    session -> session.search(plan));
            screen.say("");
            LoadText.of(run).forEach(screen::say);
            LoadPage.write(options, run, screen);
            writeCapacity(run, screen);
            return run.verdict().exitCode();
        } catch (Failure e) {
            screen.say("kiln load search: " + e.getMessage());
            return e.exitCode();
        }
    }

    private void require() throws Failure {
        if (!(from > 0) || !(to >= from) || to > 200_000) {
            throw LoadOptions.cannot("--from must be above 0, and --to from there to 200000");
        }
        if (!(seconds >= 1) || seconds > 3600) {
            throw LoadOptions.cannot("--step-seconds must be from 1 to 3600");
        }
        if (!(closeness >= 0.005) || closeness > 1 || !(safety > 0) || safety > 1) {
            throw LoadOptions.cannot(
                    "--closeness must be from 0.005 to 1, --safety above 0 and at most 1");
        }
    }

    private void writeCapacity(LoadRun run, Screen screen) throws Failure {
        Path file = capacity;
        if (file == null) {
            return;
        }
        if (!run.verdict().word().equals("pass")) {
            throw LoadOptions.cannot(
                    "no capacity file is written: the run at the capacity found is no pass");
        }
        try {
            CapacityFile.write(run, safety, file);
            screen.say("capacity    written to " + file);
        } catch (IOException e) {
            throw LoadOptions.cannot(String.valueOf(e.getMessage()));
        }
    }
}
