package dev.kiln.loadtest.cli;

import dev.kiln.loadtest.bench.SwapBench;
import dev.kiln.loadtest.bench.SwapReport;
import dev.kiln.loadtest.miner.KilnHome;
import dev.kiln.loadtest.miner.MinerException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `kiln bench swaps`.
@Command(
        name = "swaps",
        description = {
            "Swaps models again and again under signed open-loop traffic, and counts what callers noticed: answers",
            "lost, run twice or signed for another model, and latency beside the slower model's own.",
            ""
        },
        footer = {
            "",
            "Exit codes: 0 nothing lost, doubled or misnamed, and latency and memory within their bounds, 1 not so,",
            "2 could not run, or the generator was late: void.",
            "Example:  ./kiln model add minilm-int8 bge-small && ./kiln bench swaps --swaps 100"
        })
final class BenchSwapsCommand implements Callable<Integer> {
    @Option(
            names = "--source",
            paramLabel = "SOURCE",
            description =
                    "a model, given at least twice (default: embedded:minilm, and minilm-int8 and bge-small of the cache)")
    private List<String> sources = new ArrayList<>();

    @Option(names = "--swaps", paramLabel = "N", description = "how many (default: 100)")
    private int swaps = 100;

    @Option(
            names = "--every",
            paramLabel = "SECONDS",
            description = "from one swap's beginning to the next's (default: 5)")
    private double every = 5;

    @Option(
            names = "--share",
            paramLabel = "SHARE",
            description = "of the slowest model's capacity (default: 0.7)")
    private double share = 0.7;

    @Option(
            names = "--steady",
            paramLabel = "SECONDS",
            description = "how long each model serves alone before (default: 60)")
    private double steady = 60;

    @Option(names = "--seed", paramLabel = "N", description = "decides the texts (default: 1)")
    private long seed = 1;

    @Option(
            names = "--server-core",
            paramLabel = "N",
            description = "core of the server; any without it")
    private int serverCore = -1;

    @Option(
            names = "--generator-core",
            paramLabel = "N",
            description = "core of the generator; any without it")
    private int generatorCore = -1;

    @Option(names = "--json", description = "print JSON; progress goes to standard error")
    private boolean json;

    @Override
    public Integer call() throws InterruptedException {
        Screen screen = Screen.on(System.err);
        try {
            if (swaps < 1 || !(every > 0) || !(share > 0 && share <= 1) || !(steady > 0)) {
                throw new Failure(
                        Failure.CANNOT_RUN,
                        "--swaps must be at least 1, --every and --steady above 0, --share from 0 to 1");
            }
            var plan =
                    new SwapBench.Plan(
                            models(), swaps, every, share, steady, seed, serverCore, generatorCore);
            screen.say("Kiln: %d swaps under load".formatted(swaps));
            SwapReport report = new SwapBench(plan, line -> screen.live("  " + line)).run();
            screen.say("");
            if (json) {
                System.out.println(Json.write(report.tree()));
            } else {
                report.lines().forEach(System.out::println);
            }
            return switch (report.verdict()) {
                case PASS -> 0;
                case FAIL -> Failure.REFUSED;
                case VOID -> Failure.CANNOT_RUN;
            };
        } catch (Failure e) {
            screen.say("kiln bench swaps: " + e.getMessage());
            return e.exitCode();
        } catch (IOException | MinerException e) {
            screen.say("kiln bench swaps: " + e.getMessage());
            return Failure.CANNOT_RUN;
        }
    }

    private List<String> models() throws Failure {
        if (sources.size() == 1) {
            throw new Failure(Failure.CANNOT_RUN, "--source must be given at least twice");
        }
        if (!sources.isEmpty()) {
            return sources.stream().map(BenchSwapsCommand::whole).toList();
        }
        List<String> all = new ArrayList<>(List.of("embedded:minilm"));
        for (String name : List.of("minilm-int8", "bge-small")) {
            Path folder = KilnHome.cache().resolve("models").resolve(name);
            if (!Files.isDirectory(folder)) {
                throw new Failure(
                        Failure.CANNOT_RUN,
                        "%s is not in the cache; bring it with ./kiln model add %s, or name models with --source"
                                .formatted(name, name));
            }
            all.add(folder.toString());
        }
        return all;
    }

    private static String whole(String source) {
        return source.contains(":") ? source : Path.of(source).toAbsolutePath().toString();
    }
}
