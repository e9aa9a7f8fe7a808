package dev.kiln.loadtest.cli;

import dev.kiln.loadtest.bench.GeneratorBench;
import dev.kiln.loadtest.miner.MinerException;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `kiln bench load`.
@Command(
        name = "load",
        description = {
            "Measures the generator of `kiln load` itself, on one core, against an echo on another: requests a second,",
            "signed in advance and on the fly, and how late it is at half of what is asked of it.",
            ""
        },
        footer = {
            "",
            "Exit codes: 0 one of the two as good as asked, 1 neither, 2 could not run.",
            "Example:  ./kiln bench load --seconds 10 --json"
        })
final class BenchLoadCommand implements Callable<Integer> {
    @Option(
            names = "--seconds",
            paramLabel = "N",
            description = "length of each stretch (default: 10)")
    private double seconds = 10;

    @Option(
            names = "--generator-core",
            paramLabel = "N",
            description = "core of the generator (default: 1)")
    private int generatorCore = 1;

    @Option(names = "--echo-core", paramLabel = "N", description = "core of the echo (default: 0)")
    private int echoCore;

    @Option(names = "--json", description = "print JSON; progress goes to standard error")
    private boolean json;

    @Override
    public Integer call() throws InterruptedException {
        Screen screen = Screen.on(System.err);
        if (!(seconds >= 1) || seconds > 600) {
            screen.say("kiln bench load: --seconds must be from 1 to 600");
            return Failure.CANNOT_RUN;
        }
        try {
            var plan = new GeneratorBench.Plan(seconds, generatorCore, echoCore);
            Map<String, GeneratorBench.Reached> reached =
                    new GeneratorBench(plan, line -> screen.say("  " + line)).run();
            if (json) {
                System.out.println(Json.write(tree(reached)));
            } else {
                reached.forEach((name, each) -> System.out.println(line(name, each)));
            }
            return reached.values().stream().anyMatch(GeneratorBench.Reached::met)
                    ? 0
                    : Failure.REFUSED;
        } catch (IOException | MinerException e) {
            screen.say("kiln bench load: " + e.getMessage());
            return Failure.CANNOT_RUN;
        }
    }

    private static String line(String name, GeneratorBench.Reached each) {
        return "%-18s %,8.0f/s on one core (asked: %,.0f), %.1f µs of it each; late at %,.0f/s: p50 %.2f, p99 %.2f (asked: %.0f), max %.2f ms; then %.0f %% of the core busy, %d ms in GC, %d ms compiling, %d ms ready without a core; lost %,d"
                .formatted(
                        name,
                        each.perSecond(),
                        each.goal(),
                        each.cpuMicros(),
                        each.goal() / 2,
                        each.half().p50(),
                        each.half().p99(),
                        GeneratorBench.LATENESS_GOAL,
                        each.half().max(),
                        100 * each.half().cpuShare(),
                        each.half().gcMillis(),
                        each.half().compileMillis(),
                        each.half().stolenMillis(),
                        each.lost());
    }

    private static Map<String, Object> tree(Map<String, GeneratorBench.Reached> reached) {
        Map<String, Object> tree = new LinkedHashMap<>();
        reached.forEach((name, each) -> {
            Map<String, Object> row = new LinkedHashMap<>();
            row.put("per_s", each.perSecond());
            row.put("cpu_us", each.cpuMicros());
            row.put("goal_per_s", each.goal());
            row.put("late_p99_ms_at_half", each.half().p99());
            row.put("late_goal_ms", GeneratorBench.LATENESS_GOAL);
            row.put("late_p50_ms_at_half", each.half().p50());
            row.put("late_max_ms_at_half", each.half().max());
            row.put("cpu_share_at_half", each.half().cpuShare());
            row.put("gc_ms_at_half", each.half().gcMillis());
            row.put("compile_ms_at_half", each.half().compileMillis());
            row.put("no_core_ms_at_half", each.half().stolenMillis());
            row.put("lost", each.lost());
            row.put("met", each.met());
            tree.put(name.replace(' ', '_'), row);
        });
        return tree;
    }
}
