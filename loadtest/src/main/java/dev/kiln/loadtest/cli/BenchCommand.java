package dev.kiln.loadtest.cli;

import dev.kiln.loadtest.bench.ModelBench;
import dev.kiln.loadtest.bench.ModelReport;
import dev.kiln.loadtest.bench.ServedBench;
import dev.kiln.loadtest.bench.ServedReport;
import dev.kiln.loadtest.miner.MinerException;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `kiln bench served`.
@Command(
        name = "served",
        description = {
            "Measures what serving costs beside the engine alone: raw loop, served with an API key, served with",
            "signatures both ways, in turns in one run, pinned to cores of their own where taskset is to be had.",
            "",
            "A model of --model that takes bytes is sent them as they are, with an API key, nothing signed.",
            ""
        },
        footer = {
            "",
            "Exit codes: 0 measured, 1 an answer was wrong or not proved, 2 could not run.",
            "Example:  ./kiln bench served --rounds 5 --json",
            "Example:  ./kiln bench served --model silero-vad-torch"
        })
final class BenchCommand implements Callable<Integer> {
    private static final String MINILM = "minilm";

    @Option(
            names = "--model",
            paramLabel = "NAME",
            description = {
                "minilm, or one that takes bytes: silero-vad, silero-vad-torch, shapes-small, shapes-small-torch,",
                "shapes-large, shapes-large-torch, magika (default: minilm)"
            })
    private String model = MINILM;

    @Option(names = "--rounds", paramLabel = "N", description = "turns of each (default: 3)")
    private int rounds = 3;

    @Option(
            names = "--seconds",
            paramLabel = "N",
            description = "length of each stretch (default: 10)")
    private double seconds = 10;

    @Option(
            names = "--callers",
            paramLabel = "N",
            description = "questions in flight (default: 64)")
    private int callers = 64;

    @Option(names = "--seed", paramLabel = "N", description = "decides the texts (default: 1)")
    private long seed = 1;

    @Option(
            names = "--side",
            paramLabel = "N",
            description =
                    "most pixels of a picture's side, the least are half of that (default: 96)")
    private int side = 96;

    @Option(
            names = "--server-core",
            paramLabel = "N",
            description = "core of server and raw loop (default: 0)")
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
            if (rounds < 1 || !(seconds > 0) || callers < 1) {
                throw new Failure(
                        Failure.CANNOT_RUN,
                        "--rounds and --callers must be at least 1, --seconds above 0");
            }
            if (side < 16 || side > 1024) {
                throw new Failure(Failure.CANNOT_RUN, "--side must be from 16 to 1024");
            }
            if (!model.equals(MINILM) && !ModelBench.models().contains(model)) {
                throw new Failure(
                        Failure.CANNOT_RUN,
                        "--model must be minilm, " + String.join(", ", ModelBench.models()));
            }
            screen.say(
                    "Kiln: %s served beside raw, %d rounds of %.0f s each"
                            .formatted(model, rounds, seconds));
            return measured(screen);
        } catch (Failure e) {
            screen.say("kiln bench served: " + e.getMessage());
            return e.exitCode();
        } catch (IOException | MinerException e) {
            screen.say("kiln bench served: " + e.getMessage());
            return Failure.CANNOT_RUN;
        }
    }

    private int measured(Screen screen) throws MinerException, IOException, InterruptedException {
        var plan = new ServedBench.Plan(rounds, seconds, callers, seed, serverCore, generatorCore);
        Consumer<String> progress = line -> screen.live("  " + line);
        if (model.equals(MINILM)) {
            ServedReport report = new ServedBench(plan, progress).run();
            show(screen, report.tree(), report.lines());
            return report.sound() ? 0 : Failure.REFUSED;
        }
        ModelReport report = new ModelBench(model, side, plan, progress).run();
        show(screen, report.tree(), report.lines());
        return report.sound() ? 0 : Failure.REFUSED;
    }

    private void show(Screen screen, Map<String, Object> tree, List<String> lines) {
        screen.say("");
        if (json) {
            System.out.println(Json.write(tree));
        } else {
            lines.forEach(System.out::println);
            System.out.println("next  ./kiln bench keys");
        }
    }
}
