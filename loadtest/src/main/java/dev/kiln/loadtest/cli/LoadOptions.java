package dev.kiln.loadtest.cli;

import dev.kiln.loadtest.load.Caller;
import dev.kiln.loadtest.load.PayCurve;
import dev.kiln.loadtest.traffic.Lengths;
import dev.kiln.loadtest.traffic.Speaker;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// What every load command takes: whom to ask, as whom, with what, and what counts as good.
final class LoadOptions {
    private static final int MOST_VALIDATORS = 1024;

    @Option(names = "--against", paramLabel = "URL", description = "ask a miner that runs already")
    @Nullable URI against;

    @Option(
            names = "--start",
            description = "start a Kiln miner of its own for the run, on loopback")
    boolean start;

    @Option(
            names = "--target",
            paramLabel = "KIND",
            description = "what is asked: kiln (default), sdk10-axon or fastapi; sets what follows")
    String target = "kiln";

    @Option(
            names = "--miner",
            paramLabel = "SS58",
            description =
                    "with --against: the hotkey that must sign (default: the development miner's)")
    @Nullable String miner;

    @Option(
            names = "--miner-scheme",
            paramLabel = "NAME",
            description = "sr25519 (default) or ed25519")
    String minerScheme = "sr25519";

    @Option(
            names = "--validators",
            paramLabel = "N",
            description = "how many ask (default: 4; 1 with --against and no --keys)")
    @Nullable Integer validators;

    @Option(
            names = "--keys",
            paramLabel = "FOLDER",
            description = "the validators' keyfiles, made where missing; see kiln load keys")
    @Nullable Path keys;

    @Option(
            names = "--key",
            paramLabel = "FILE",
            description =
                    "with --against and one validator: its keyfile (default: the development caller's)")
    @Nullable Path key;

    @Option(
            names = "--api-key-file",
            paramLabel = "FILE",
            description = "with --against: ask with the API key in this file, unsigned")
    @Nullable Path apiKeyFile;

    @Option(
            names = "--dialect",
            split = ",",
            paramLabel = "NAME",
            description = "btauth (default), axon, epistula; several are spoken in turn")
    List<String> dialects = new ArrayList<>();

    @Mixin final TaskOptions task = new TaskOptions();

    @Option(
            names = "--path",
            paramLabel = "PATH",
            description = "where to ask (default: the task's own path)")
    @Nullable String path;

    @Option(
            names = "--body",
            paramLabel = "FILE",
            description = "JSON to send, with {{texts}}, {{text}} and {{model}} to be filled in")
    @Nullable Path body;

    @Option(
            names = "--synapse",
            paramLabel = "NAME:TEXTS:ANSWER",
            description =
                    "axon: the synapse's class and its two fields (default: TextEmbedding:texts:embeddings)")
    String synapse = "TextEmbedding:texts:embeddings";

    @Option(
            names = "--expect",
            paramLabel = "WHAT",
            description =
                    "embeddings (default), judged; or anything: a status of 200 alone is looked at")
    String expect = "embeddings";

    @Option(
            names = "--receipts",
            paramLabel = "WHAT",
            description = "kiln-1 (default): unsigned answers fail; off: they are counted only")
    @Nullable String receipts;

    @Option(names = "--seed", paramLabel = "N", description = "decides everything (default: 1)")
    long seed = 1;

    @Option(
            names = "--lengths",
            paramLabel = "MIX",
            description =
                    "pairs (default), mixed, short, long, or SENTENCES:WEIGHT with commas between")
    String lengths = "pairs";

    @Option(
            names = "--deadline",
            paramLabel = "TIME",
            description = "a later answer is not good (default: 2s)")
    Duration deadline = Duration.ofSeconds(2);

    @Option(
            names = "--good",
            paramLabel = "SHARE",
            description = "least share of good answers, such as 99%% (default: 99%%)")
    String good = "99%";

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            description =
                    "how long the first validator waits; others a fifth more or less (default: 10s)")
    Duration timeout = Duration.ofSeconds(10);

    @Option(
            names = "--clock-spread",
            paramLabel = "TIME",
            description = "validators' clocks are off by up to this (default: 250ms)")
    Duration clockSpread = Duration.ofMillis(250);

    @Option(
            names = "--pay",
            paramLabel = "CURVE",
            description =
                    "what latency earns: hard, linear (default), sigmoid, none; an allowance: linear:200ms")
    String pay = "linear";

    @Option(
            names = "--warm-up",
            paramLabel = "TIME",
            description = "longest wait for a steady state; 0s measures at once (default: 30s)")
    Duration warmUp = Duration.ofSeconds(30);

    @Option(
            names = "--connections",
            paramLabel = "N",
            description = "of each validator (default: 256)")
    int connections = 256;

    @Option(
            names = "--pin",
            paramLabel = "WHAT",
            description =
                    "auto (default) keeps the generator on the last core of up to four; none; or a core's number")
    String pin = "auto";

    @Option(names = "--json", paramLabel = "FILE", description = "the report; - is standard output")
    @Nullable Path json;

    @Option(names = "--csv", paramLabel = "FILE", description = "one line a second")
    @Nullable Path csv;

    @Option(names = "--hlog", paramLabel = "FILE", description = "HdrHistogram's log")
    @Nullable Path hlog;

    @Option(names = "--html", paramLabel = "FILE", description = "the report as one page")
    @Nullable Path html;

    /// Everything that is wrong with the words alone.
    void require() throws Failure {
        if (!List.of("kiln", "sdk10-axon", "fastapi").contains(kind())) {
            throw unknown("--target", target, List.of("kiln", "sdk10-axon", "fastapi"));
        }
        if (!List.of("embeddings", "anything").contains(expect)) {
            throw unknown("--expect", expect, List.of("embeddings", "anything"));
        }
        if (receipts != null && !List.of("kiln-1", "off").contains(receipts)) {
            throw unknown("--receipts", receipts, List.of("kiln-1", "off"));
        }
        task.require(start);
        bounded("--validators", validators(), MOST_VALIDATORS);
        bounded("--connections", connections, 65_000);
        if (deadline.isZero() || timeout.isZero()) {
            throw cannot("--deadline and --timeout must be above 0");
        }
        URI at = against;
        if (start == (at != null)) {
            throw cannot("say whom to ask: either --against URL or --start");
        }
        if (at != null
                && (at.getHost() == null || !String.valueOf(at.getScheme()).matches("https?"))) {
            throw cannot(
                    "%s is no URL of a server; it looks like http://127.0.0.1:8091".formatted(at));
        }
    }

    /// What is asked; `kiln attack` has names with versions for the same.
    private String kind() {
        return switch (target) {
            case "axon-10" -> "sdk10-axon";
            case "fastapi-11" -> "fastapi";
            default -> target;
        };
    }

    int validators() {
        if (validators != null) {
            return validators;
        }
        return against != null && keys == null ? 1 : 4;
    }

    boolean receiptsDue() {
        return receipts == null ? kind().equals("kiln") : receipts.equals("kiln-1");
    }

    /// Whether the server may be asked what it serves: only Kiln tells, and only where nothing else was said.
    boolean mayLook() {
        return kind().equals("kiln")
                && path == null
                && body == null
                && apiKeyFile == null
                && expect.equals("embeddings");
    }

    List<Caller.Dialect> spoken() throws Failure {
        List<String> names =
                dialects.isEmpty()
                        ? List.of(kind().equals("sdk10-axon") ? "axon" : "btauth")
                        : dialects;
        List<Caller.Dialect> spoken = new ArrayList<>();
        List<String> known =
                Arrays.stream(Caller.Dialect.values())
                        .map(each -> each.name().toLowerCase(Locale.ROOT))
                        .toList();
        for (String name : names) {
            if (!known.contains(name)) {
                throw unknown("--dialect", name, known);
            }
            spoken.add(Caller.Dialect.valueOf(name.toUpperCase(Locale.ROOT)));
        }
        return spoken;
    }

    Speaker.Names names() throws Failure {
        Matcher matcher = Pattern.compile("(\\w+):(\\w+):(\\w+)").matcher(synapse);
        if (!matcher.matches()) {
            throw cannot("--synapse must be NAME:TEXTS:ANSWER, was " + synapse);
        }
        return new Speaker.Names(matcher.group(1), matcher.group(2), matcher.group(3));
    }

    Lengths mix() throws Failure {
        try {
            return Lengths.parse(lengths);
        } catch (IllegalArgumentException e) {
            throw cannot("--lengths " + e.getMessage());
        }
    }

    PayCurve curve() throws Failure {
        try {
            return PayCurve.parse(pay, deadline);
        } catch (IllegalArgumentException e) {
            throw cannot("--pay " + e.getMessage());
        }
    }

    double goodShare() throws Failure {
        Matcher matcher = Pattern.compile("([0-9]{1,3}(?:\\.[0-9]{1,6})?)(%?)").matcher(good);
        double share =
                matcher.matches()
                        ? Double.parseDouble(matcher.group(1))
                                / (matcher.group(2).isEmpty() ? 1 : 100)
                        : -1;
        if (share < 0 || share > 1) {
            throw cannot("--good must be a share such as 99%% or 0.99, was %s".formatted(good));
        }
        return share;
    }

    private static void bounded(String name, int value, int most) throws Failure {
        if (value < 1 || value > most) {
            throw cannot("%s must be from 1 to %,d, was %,d".formatted(name, most, value));
        }
    }

    /// Names the word nearest to what was typed.
    static Failure unknown(String option, String word, List<String> known) {
        String guess = Guess.of(word, known).map("; did you mean %s?"::formatted).orElse("");
        return cannot(
                "%s %s is unknown%s It is one of %s"
                        .formatted(
                                option,
                                word,
                                guess.isEmpty() ? "." : guess,
                                String.join(", ", known)));
    }

    static Failure cannot(String message) {
        return new Failure(Failure.CANNOT_RUN, message);
    }
}
