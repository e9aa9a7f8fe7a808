package dev.kiln.loadtest.cli;

import dev.kiln.loadtest.load.LoadFiles;
import dev.kiln.loadtest.load.LoadText;
import dev.kiln.loadtest.load.Profile;
import dev.kiln.loadtest.load.Trace;
import dev.kiln.loadtest.load.Traffic;
import dev.kiln.loadtest.report.LoadRun;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `kiln load run`.
@Command(
        name = "run",
        sortOptions = false,
        description = {
            "Asks a miner as its validators would, on a timetable that its answers do not change, judges every answer,",
            "and says how many were good. Latency counts from the intended moment. A run whose generator was late is void.",
            ""
        },
        footer = {
            "",
            "Exit codes: 0 passed, 1 failed, 2 void or could not run.",
            "Example:  ./kiln load run --start --profile bursts --rate 40 --seconds 30 --json run.json",
            "          ./kiln load run --against http://127.0.0.1:8091 --rate 20"
        })
final class LoadRunCommand implements Callable<Integer> {
    private static final double HIGHEST_RATE = 200_000;

    @Spec private @Nullable CommandSpec spec;

    @Mixin private final LoadOptions options = new LoadOptions();

    @Option(
            names = "--profile",
            paramLabel = "NAME",
            description =
                    "constant, poisson (default), bursts, gamma, ramp, step, sweep, soak or replay")
    private String profile = "poisson";

    @Option(
            names = "--rate",
            paramLabel = "N",
            description = "requests per second: the mean, or the highest of ramp, step and sweep")
    private @Nullable Double rate;

    @Option(
            names = "--seconds",
            paramLabel = "N",
            description = "length of the measured part (default: 60; a soak 3600)")
    private @Nullable Double seconds;

    @Option(
            names = "--trace",
            paramLabel = "FILE",
            description = "of a replay: lines OFFSET_MS[,VALIDATOR[,SENTENCES]]")
    private @Nullable Path trace;

    @Option(
            names = "--write-trace",
            paramLabel = "FILE",
            description = "write the timetable as a trace, to be replayed")
    private @Nullable Path writeTrace;

    @Option(
            names = "--closed-loop",
            paramLabel = "N",
            description = "keep N in flight instead: rates only, labelled so")
    private @Nullable Integer closed;

    @Override
    public Integer call() throws InterruptedException {
        boolean stdout = options.json != null && options.json.equals(Path.of("-"));
        Screen screen = Screen.on(stdout ? System.err : System.out);
        try {
            Traffic traffic = traffic();
            LoadPage.require(options);
            screen.say("Kiln: a load run (seed %d)".formatted(options.seed));
            writeTrace(traffic);
            LoadRun run =
                    new LoadBench(options, screen)
                            .run(traffic, files(options), words(spec), session -> session.run());
            screen.say("");
            LoadText.of(run).forEach(screen::say);
            LoadPage.write(options, run, screen);
            return run.verdict().exitCode();
        } catch (Failure e) {
            screen.say("kiln load run: " + e.getMessage());
            return e.exitCode();
        }
    }

    private void writeTrace(Traffic traffic) throws Failure {
        Path file = writeTrace;
        if (file == null) {
            return;
        }
        if (closed != null) {
            throw LoadOptions.cannot(
                    "--write-trace needs a timetable, which a closed loop has not");
        }
        try {
            Trace.write(traffic, options.validators(), file);
        } catch (IOException e) {
            throw LoadOptions.cannot(String.valueOf(e.getMessage()));
        }
    }

    static LoadFiles files(LoadOptions options) {
        return new LoadFiles(
                Optional.ofNullable(options.json),
                Optional.ofNullable(options.csv),
                Optional.ofNullable(options.hlog));
    }

    /// The words to run the same again.
    static String words(@Nullable CommandSpec spec) {
        return spec == null
                ? ""
                : "./kiln "
                        + String.join(
                                " ", spec.root().commandLine().getParseResult().originalArgs());
    }

    private Traffic traffic() throws Failure {
        List<String> known = Arrays.stream(Profile.values()).map(Profile::spelled).toList();
        if (!known.contains(profile)) {
            throw LoadOptions.unknown("--profile", profile, known);
        }
        Profile chosen = Profile.valueOf(profile.toUpperCase(Locale.ROOT));
        double length = seconds == null ? chosen.usualSeconds() : seconds;
        if (!(length >= 1) || length > 7 * 86_400) {
            throw LoadOptions.cannot(
                    "--seconds must be from 1 to 604800, was %s".formatted(seconds));
        }
        if (closed != null && (closed < 1 || closed > 10_000)) {
            throw LoadOptions.cannot("--closed-loop must be from 1 to 10000, was " + closed);
        }
        OptionalInt inFlight = closed == null ? OptionalInt.empty() : OptionalInt.of(closed);
        if (chosen == Profile.REPLAY) {
            return replay(chosen);
        }
        if (trace != null) {
            throw LoadOptions.cannot("--trace belongs to --profile replay");
        }
        return new Traffic(
                options.seed,
                chosen,
                rate(inFlight),
                length,
                options.mix(),
                Optional.empty(),
                inFlight);
    }

    private double rate(OptionalInt inFlight) throws Failure {
        if (inFlight.isPresent()) {
            return 1;
        }
        if (rate == null) {
            throw LoadOptions.cannot(
                    "how many requests per second? Give --rate N; `kiln load search` finds the most");
        }
        if (!(rate > 0) || rate > HIGHEST_RATE) {
            throw LoadOptions.cannot(
                    "--rate must be above 0 and at most %,.0f per second, which is more than one generator can send; was %s"
                            .formatted(HIGHEST_RATE, rate));
        }
        return rate;
    }

    private Traffic replay(Profile chosen) throws Failure {
        Path file = trace;
        if (file == null || rate != null || seconds != null || closed != null) {
            throw LoadOptions.cannot(
                    "--profile replay takes its moments from --trace FILE, and no --rate, --seconds or --closed-loop");
        }
        try {
            Trace read = Trace.read(file);
            return new Traffic(
                    options.seed,
                    chosen,
                    read.meanRate(),
                    read.seconds(),
                    options.mix(),
                    Optional.of(read.source()),
                    OptionalInt.empty());
        } catch (IOException e) {
            throw LoadOptions.cannot(String.valueOf(e.getMessage()));
        }
    }
}
