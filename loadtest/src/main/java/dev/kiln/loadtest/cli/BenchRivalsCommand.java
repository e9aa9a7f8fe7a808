package dev.kiln.loadtest.cli;

import dev.kiln.loadtest.miner.MinerException;
import dev.kiln.loadtest.rivals.Contender;
import dev.kiln.loadtest.rivals.RivalBench;
import dev.kiln.loadtest.rivals.RivalFile;
import dev.kiln.loadtest.rivals.RivalRun;
import dev.kiln.loadtest.rivals.RivalText;
import java.io.IOException;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `kiln bench rivals`.
@Command(
        name = "rivals",
        description = {
            "Runs the same model and the same bytes on Kiln, on the engine alone and on what people run instead: FastAPI",
            "and the Axon with the network's SDKs, infinity-emb, LitServe and Ray Serve. Started afresh in turns, pinned,",
            "judged; writes a table, a plot and the figures. Needs loadtest/rivals/setup once; about 50 s for each system,",
            "model and start.",
            ""
        },
        footer = {
            "",
            "Exit codes: 0 measured, 1 an answer was wrong, 2 could not run.",
            "Example:  ./kiln bench rivals --seconds 3 --rounds 1 --systems kiln-signed,fastapi --out /tmp/rivals"
        })
final class BenchRivalsCommand implements Callable<Integer> {
    @Spec private @Nullable CommandSpec spec;

    @Option(
            names = "--systems",
            paramLabel = "NAME",
            split = ",",
            description =
                    "some of raw, kiln-key, kiln-signed, fastapi, axon, infinity, litserve and ray (default: all)")
    private List<String> systems = Contender.ids();

    @Option(
            names = "--models",
            paramLabel = "NAME",
            split = ",",
            description =
                    "minilm: one sentence a request; minilm-mixed: up to ten; identity, whose answers cost next to nothing (default: all)")
    private List<String> models = RivalBench.MODELS;

    @Option(
            names = "--rounds",
            paramLabel = "N",
            description = "starts of each system with each model (default: 3)")
    private int rounds = 3;

    @Option(
            names = "--seconds",
            paramLabel = "N",
            description = "length of each measured stretch (default: 4)")
    private double seconds = 4;

    @Option(
            names = "--warm-up",
            paramLabel = "SECONDS",
            description = "longest warm-up of a start (default: 150)")
    private int warmUp = 150;

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
            description = "core of the system that is measured (default: 0)")
    private int serverCore;

    @Option(
            names = "--generator-core",
            paramLabel = "N",
            description = "core of the generator (default: 1)")
    private int generatorCore = 1;

    @Option(
            names = "--out",
            paramLabel = "STEM",
            description =
                    "writes STEM.md, STEM.svg and STEM.json; what STEM.json holds of other systems and models stays (default: docs/measurements/DATE-rivals)")
    private @Nullable Path out;

    @Override
    public Integer call() throws InterruptedException {
        Screen screen = Screen.on(System.err);
        try {
            check();
            Path root =
                    Path.of(
                            Optional.ofNullable(System.getProperty("kiln.root"))
                                    .orElseThrow(() ->
                                            new Failure(
                                                    Failure.CANNOT_RUN,
                                                    "start this command with ./kiln")));
            var file = new RivalFile(stem(root));
            file.require();
            screen.say(
                    "Kiln beside its rivals: %d systems, %d models, %d starts each"
                            .formatted(systems.size(), models.size(), rounds));
            var plan =
                    new RivalBench.Plan(
                            systems,
                            models,
                            rounds,
                            seconds,
                            warmUp,
                            callers,
                            seed,
                            serverCore,
                            generatorCore);
            RivalRun run = new RivalBench(plan, root, line -> screen.say("  " + line)).run();
            RivalRun whole = file.write(run, LoadRunCommand.words(spec));
            new RivalText(whole).lines().forEach(System.out::println);
            System.out.println("wrote " + file.stem() + ".md, .svg and .json");
            return run.sound() ? 0 : Failure.REFUSED;
        } catch (Failure e) {
            screen.say("kiln bench rivals: " + e.getMessage());
            return e.exitCode();
        } catch (IOException | MinerException e) {
            screen.say("kiln bench rivals: " + e.getMessage());
            return Failure.CANNOT_RUN;
        }
    }

    private void check() throws Failure {
        for (String each : systems) {
            if (Contender.named(each).isEmpty()) {
                throw LoadOptions.unknown("--systems", each, Contender.ids());
            }
        }
        for (String each : models) {
            if (!RivalBench.MODELS.contains(each)) {
                throw LoadOptions.unknown("--models", each, RivalBench.MODELS);
            }
        }
        if (rounds < 1 || !(seconds > 0) || warmUp < 1 || callers < 1) {
            throw new Failure(
                    Failure.CANNOT_RUN,
                    "--rounds, --warm-up and --callers must be at least 1, --seconds above 0");
        }
    }

    private Path stem(Path root) {
        Path given = out;
        return given != null
                ? given
                : root.resolve("docs")
                        .resolve("measurements")
                        .resolve(LocalDate.now(ZoneOffset.UTC) + "-rivals");
    }
}
