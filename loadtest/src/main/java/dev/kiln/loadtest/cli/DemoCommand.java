package dev.kiln.loadtest.cli;

import dev.kiln.core.Scheme;
import dev.kiln.loadtest.report.ReportJson;
import dev.kiln.loadtest.report.ReportText;
import dev.kiln.loadtest.report.Run;
import dev.kiln.loadtest.report.Verdict;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `kiln demo`.
@Command(
        name = "demo",
        description = {
            "Starts a miner and questions it as four validators would, one of them still on SDK 10: signed requests at random moments over real HTTP.",
            "Every answer is verified and scored. Ends with a table and a verdict.",
            ""
        },
        footer = {
            "",
            "Exit codes: 0 passed, 1 failed, 2 could not run. Latencies are void where the generator was late itself.",
            "Example:  ./kiln demo --seconds 60 --seed 7 --json report.json",
            "          ./kiln demo --url http://127.0.0.1:8091 --miner 5F…"
        })
final class DemoCommand implements Callable<Integer> {
    @Option(
            names = "--seed",
            paramLabel = "N",
            description = "decides bodies, callers and moments (default: 1)")
    private long seed = 1;

    @Option(
            names = "--seconds",
            paramLabel = "N",
            description = "length of the traffic (default: 20)")
    private double seconds = 20;

    @Option(
            names = "--rate",
            paramLabel = "N",
            description = "questions per second (default: 40%% of what the box holds)")
    private double rate;

    @Option(
            names = "--json",
            paramLabel = "FILE",
            description = "write the report as JSON; - means standard output")
    private @Nullable String json;

    @Option(
            names = "--url",
            paramLabel = "URL",
            description = "ask a miner that runs already, as one caller")
    private @Nullable URI url;

    @Option(
            names = "--miner",
            paramLabel = "SS58",
            description = "with --url: the hotkey that must sign")
    private @Nullable String miner;

    @Option(names = "--key", paramLabel = "FILE", description = "with --url: the caller's keyfile")
    private @Nullable Path key;

    @Option(
            names = "--model",
            paramLabel = "NAME",
            description = "with --url: the model to ask (default: minilm)")
    private String model = "minilm";

    @Override
    public Integer call() throws InterruptedException, IOException {
        boolean jsonOut = "-".equals(json);
        Screen screen = Screen.on(jsonOut ? System.err : System.out);
        screen.say(
                "Kiln: validators question a miner for %.0f s (seed %d)".formatted(seconds, seed));
        try {
            Run run = run(screen);
            Verdict verdict = Verdict.of(run);
            screen.say("");
            ReportText.of(run, verdict).forEach(screen::say);
            if (json != null) {
                write(ReportJson.of(run, verdict), json);
            }
            screen.say("");
            screen.say("next        " + next(verdict));
            return verdict.exitCode();
        } catch (Failure e) {
            screen.say("kiln demo: " + e.getMessage());
            screen.say("next:  ./kiln doctor");
            return e.exitCode();
        }
    }

    private Run run(Screen screen) throws Failure, InterruptedException {
        if (!(seconds > 0) || rate < 0) {
            throw new Failure(
                    Failure.CANNOT_RUN, "--seconds must be above 0 and --rate not negative");
        }
        var demo = new Demo(new Demo.Settings(seed, seconds, rate), screen);
        URI at = url;
        if (at == null) {
            return demo.own();
        }
        return demo.running(
                new Demo.Running(at, Keys.miner(miner), Scheme.SR25519, Keys.caller(key), model));
    }

    private static void write(String report, String file) throws Failure {
        if (file.equals("-")) {
            System.out.print(report);
            System.out.flush();
            return;
        }
        try {
            Files.writeString(Path.of(file), report);
        } catch (IOException e) {
            throw new Failure(
                    Failure.CANNOT_RUN,
                    "the report cannot be written to %s (%s)".formatted(file, e.getMessage()));
        }
    }

    private String next(Verdict verdict) {
        if (!verdict.pass()) {
            return "./kiln doctor";
        }
        return Optional.ofNullable(url)
                .map(at -> "./kiln call %s \"a text of yours\"".formatted(at))
                .orElse("./kiln serve      a miner of your own, to try with ./kiln call");
    }
}
