package dev.kiln.loadtest.cli;

import dev.kiln.loadtest.bench.Soak;
import dev.kiln.loadtest.miner.MinerException;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `kiln bench soak`.
@Command(
        name = "soak",
        description = {
            "Measures what a miner of its own can do, then asks it for a share of that for a long time, and says whether its",
            "memory grows: slopes of the Java heap after collections, of native memory (resident less heap) and of both.",
            ""
        },
        footer = {
            "",
            "Exit codes: 0 no memory grows and at least 99 %% answered, 1 otherwise, 2 could not run.",
            "Example:  ./kiln bench soak --minutes 30 --share 0.8"
        })
final class BenchSoakCommand implements Callable<Integer> {
    @Option(
            names = "--minutes",
            paramLabel = "N",
            description = "of load whose memory is looked at (default: 30)")
    private double minutes = 30;

    @Option(
            names = "--warm-up",
            paramLabel = "MINUTES",
            description = "of the same load before, not looked at (default: 3)")
    private double warmUp = 3;

    @Option(
            names = "--share",
            paramLabel = "SHARE",
            description = "of the capacity that is measured first (default: 0.8)")
    private double share = 0.8;

    @Option(names = "--seed", paramLabel = "N", description = "decides the texts (default: 1)")
    private long seed = 1;

    @Option(names = "--json", description = "print JSON; progress goes to standard error")
    private boolean json;

    @Override
    public Integer call() throws InterruptedException {
        Screen screen = Screen.on(System.err);
        try {
            if (!(minutes >= 0.5) || !(warmUp >= 0) || !(share > 0 && share <= 1)) {
                throw new Failure(
                        Failure.CANNOT_RUN,
                        "--minutes must be at least 0.5, --warm-up at least 0, --share above 0 and at most 1");
            }
            var plan = new Soak.Plan(minutes, warmUp, share, seed);
            Soak.Outcome outcome = new Soak(plan, line -> screen.live("  " + line)).run();
            screen.say("");
            if (json) {
                System.out.println(Json.write(tree(outcome)));
            } else {
                print(outcome);
            }
            return outcome.sound() ? 0 : Failure.REFUSED;
        } catch (Failure e) {
            screen.say("kiln bench soak: " + e.getMessage());
            return e.exitCode();
        } catch (IOException | MinerException e) {
            screen.say("kiln bench soak: " + e.getMessage());
            return Failure.CANNOT_RUN;
        }
    }

    private void print(Soak.Outcome outcome) {
        System.out.println(
                "%.1f /s, %.0f %% of %.1f /s, for %.0f minutes: %,d answered, %,d not, of the checked not proved: %s"
                        .formatted(
                                outcome.rate(),
                                100 * share,
                                outcome.capacity(),
                                minutes,
                                outcome.good(),
                                outcome.other(),
                                outcome.unproved().isEmpty() ? "none" : outcome.unproved()));
        outcome.slopes()
                .forEach((name, slope) ->
                        System.out.println(
                                "%-9s %+8.2f MB/h (95 %%: %+.2f to %+.2f): %s"
                                        .formatted(
                                                name,
                                                slope.perHour(),
                                                slope.low(),
                                                slope.high(),
                                                slope.word())));
    }

    private static Map<String, Object> tree(Soak.Outcome outcome) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("sound", outcome.sound());
        tree.put("capacity_per_s", outcome.capacity());
        tree.put("rate_per_s", outcome.rate());
        tree.put("answered", outcome.good());
        tree.put("not_answered", outcome.other());
        tree.put("not_proved", outcome.unproved());
        Map<String, Object> slopes = new LinkedHashMap<>();
        outcome.slopes()
                .forEach((name, slope) ->
                        slopes.put(
                                name,
                                Map.of(
                                        "mb_per_hour", slope.perHour(),
                                        "low", slope.low(),
                                        "high", slope.high(),
                                        "word", slope.word())));
        tree.put("slopes", slopes);
        return tree;
    }
}
