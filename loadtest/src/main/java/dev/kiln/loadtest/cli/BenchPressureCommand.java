package dev.kiln.loadtest.cli;

import dev.kiln.loadtest.miner.MinerException;
import dev.kiln.loadtest.rivals.Goals;
import dev.kiln.loadtest.rivals.Pressure;
import dev.kiln.loadtest.rivals.RivalBench;
import java.io.IOException;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `kiln bench pressure`.
@Command(
        name = "pressure",
        description = {
            "Measures a miner of its own under pressure: what it adds to a model that costs nothing, what is left of",
            "batching's gain, its tail at 70 %% of its peak, what it delivers at twice and four times that, how fast it",
            "refuses, what it computes for callers who left, what two engine threads give, how three stakes share it, and",
            "what a flood of unsigned requests, or of junk in a validator's name, costs the honest. About 45 minutes.",
            ""
        },
        footer = {
            "",
            "Exit codes: 0 every floor kept, 1 one was missed, 2 could not run.",
            "Example:  ./kiln bench pressure --seconds 5 --json"
        })
final class BenchPressureCommand implements Callable<Integer> {
    @Option(
            names = "--parts",
            split = ",",
            paramLabel = "NAME",
            description =
                    "some of costless, slices, batching, crowd, floods, threads and shares (default: all)")
    private Set<Pressure.Part> parts = EnumSet.allOf(Pressure.Part.class);

    @Option(
            names = "--rounds",
            paramLabel = "N",
            description = "starts, or turns, of which the middle one counts (default: 3)")
    private int rounds = 3;

    @Option(
            names = "--seconds",
            paramLabel = "N",
            description = "length of each measured stretch (default: 10)")
    private double seconds = 10;

    @Option(
            names = "--warm-up",
            paramLabel = "SECONDS",
            description = "longest warm-up of each start (default: 60)")
    private int warmUp = 60;

    @Option(
            names = "--callers",
            paramLabel = "N",
            description = "questions in flight in the closed loop (default: 64)")
    private int callers = 64;

    @Option(names = "--seed", paramLabel = "N", description = "decides the texts (default: 1)")
    private long seed = 1;

    @Option(
            names = "--server-core",
            paramLabel = "N",
            description = "core of the miner (default: 0)")
    private int serverCore;

    @Option(
            names = "--generator-core",
            paramLabel = "N",
            description = "core of the generator (default: 1)")
    private int generatorCore = 1;

    @Option(names = "--json", description = "print JSON; progress goes to standard error")
    private boolean json;

    @Override
    public Integer call() throws InterruptedException {
        Screen screen = Screen.on(System.err);
        try {
            if (!(seconds > 0) || rounds < 1 || warmUp < 1 || callers < 1) {
                throw new Failure(
                        Failure.CANNOT_RUN,
                        "--rounds, --warm-up and --callers must be at least 1, --seconds above 0");
            }
            screen.say("Kiln under pressure");
            var plan =
                    new RivalBench.Plan(
                            List.of(),
                            List.of(),
                            rounds,
                            seconds,
                            warmUp,
                            callers,
                            seed,
                            serverCore,
                            generatorCore);
            Goals goals = new Pressure(plan, line -> screen.live("  " + line)).run(parts);
            screen.say("");
            if (json) {
                System.out.println(Json.write(goals.tree()));
            } else {
                goals.lines().forEach(System.out::println);
            }
            return goals.kept() ? 0 : Failure.REFUSED;
        } catch (Failure e) {
            screen.say("kiln bench pressure: " + e.getMessage());
            return e.exitCode();
        } catch (IOException | MinerException e) {
            screen.say("kiln bench pressure: " + e.getMessage());
            return Failure.CANNOT_RUN;
        }
    }
}
