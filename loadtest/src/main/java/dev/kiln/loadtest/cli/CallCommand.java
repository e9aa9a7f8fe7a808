package dev.kiln.loadtest.cli;

import dev.kiln.bittensor.keys.KeyPair;
import dev.kiln.bittensor.wire.Exchange;
import dev.kiln.core.Hotkey;
import dev.kiln.core.Scheme;
import dev.kiln.core.Time;
import dev.kiln.loadtest.traffic.Question;
import dev.kiln.loadtest.traffic.Speaker;
import dev.kiln.loadtest.traffic.Transport.Listener;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `kiln call`.
@Command(
        name = "call",
        description = {
            "Signs one question as a validator would, asks a running miner, and says what its receipt proves.",
            ""
        },
        footer = {
            "",
            "Exit codes: 0 answered and proved, 1 refused or not proved, 2 usage or no answer.",
            "Example:  ./kiln call http://127.0.0.1:8091 \"The dough must rest.\" \"Let the bread mixture stand.\"",
            "          ./kiln call http://127.0.0.1:8091 --path /v1/file-type --file README.md"
        })
final class CallCommand implements Callable<Integer> {
    private static final Set<PosixFilePermission> OWNER =
            PosixFilePermissions.fromString("rw-------");

    @Parameters(index = "0", paramLabel = "URL", description = "the miner's address")
    private URI url = URI.create("");

    @Parameters(index = "1..*", arity = "0..*", paramLabel = "TEXT", description = "what to embed")
    private List<String> texts = List.of();

    @Mixin private CallBody file = new CallBody();

    @Option(
            names = "--key",
            paramLabel = "FILE",
            description = "the caller's keyfile (default: the development caller's)")
    private @Nullable Path key;

    @Option(
            names = "--miner",
            paramLabel = "SS58",
            description = "the hotkey that must sign (default: the development miner's)")
    private @Nullable String miner;

    @Option(
            names = "--miner-scheme",
            paramLabel = "NAME",
            description = "sr25519 (default) or ed25519")
    private String minerScheme = Scheme.SR25519.wireName();

    @Option(
            names = "--dialect",
            paramLabel = "NAME",
            description = "btauth (default), axon as SDK 10 speaks it, or epistula")
    private String dialect = "btauth";

    @Option(
            names = "--synapse",
            paramLabel = "NAME",
            description = "with --dialect axon: the synapse to ask (default: TextEmbedding)")
    private String synapse = Speaker.SYNAPSE;

    @Option(
            names = "--stream",
            description =
                    "show the answer as it comes; the miner's synapse decides whether that is in pieces")
    private boolean stream;

    @Option(
            names = "--model",
            paramLabel = "NAME",
            description = "the model to ask (default: minilm)")
    private String model = "minilm";

    @Option(
            names = "--save",
            paramLabel = "FILE",
            description = "keep the exchange for `./kiln verify answer`")
    private @Nullable Path save;

    @Option(
            names = "--api-key-file",
            paramLabel = "FILE",
            description = "ask with the API key in this file, unsigned")
    private @Nullable Path apiKeyFile;

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            description = "longest wait, such as 500ms or 10s (default: 10s)")
    private Duration timeout = Duration.ofSeconds(10);

    @Option(names = "--json", description = "print JSON")
    private boolean json;

    @Override
    public Integer call() throws InterruptedException {
        try {
            requireHttp();
            Question question = question();
            Call.Outcome outcome = ask(question);
            List<String> next = new ArrayList<>();
            if (save != null) {
                save(outcome.exchange(), save);
                next.add("saved      " + save);
                next.add("next       ./kiln verify answer " + save);
            } else {
                next.add("next       ./kiln call %s --save exchange.json".formatted(asked()));
            }
            CallAnswer said = file.given() ? new BodyText(outcome) : new CallText(texts, outcome);
            if (json) {
                System.out.println(Json.write(said.tree()));
            } else {
                said.lines().forEach(System.out::println);
                next.forEach(System.out::println);
            }
            return said.good() ? 0 : Failure.REFUSED;
        } catch (Failure e) {
            System.err.println("kiln call: " + e.getMessage());
            return e.exitCode();
        }
    }

    /// The words that ask the same again.
    private String asked() {
        return file.given() ? "%s %s".formatted(url, file.words()) : url + " \"a text\"";
    }

    private Question question() throws Failure {
        if (file.given() == !texts.isEmpty()) {
            throw new Failure(Failure.CANNOT_RUN, "give texts to embed, or a file with --file");
        }
        if (stream && !dialect.equals("axon")) {
            throw new Failure(
                    Failure.CANNOT_RUN,
                    "--stream needs --dialect axon: only a synapse answers in pieces");
        }
        if (file.given() && dialect.equals("axon")) {
            throw new Failure(Failure.CANNOT_RUN, "a synapse takes no file; leave --dialect out");
        }
        return file.given() ? file.question() : Question.of(texts, model);
    }

    private void requireHttp() throws Failure {
        if (url.getHost() == null
                || !("http".equals(url.getScheme()) || "https".equals(url.getScheme()))) {
            throw new Failure(
                    Failure.CANNOT_RUN, "%s is no URL; write http://HOST:PORT".formatted(url));
        }
    }

    private Call.Outcome ask(Question question) throws Failure, InterruptedException {
        String type = file.given() ? file.type() : "application/json";
        var listener = stream && !json ? new StreamText() : Listener.NONE;
        var call = new Call(url, file.path(), type, timeout, listener);
        Path keyFile = apiKeyFile;
        if (keyFile != null) {
            return call.unsigned(question, apiKey(keyFile));
        }
        Scheme scheme =
                Scheme.ofWireName(minerScheme)
                        .orElseThrow(() ->
                                new Failure(
                                        Failure.CANNOT_RUN,
                                        "--miner-scheme must be sr25519 or ed25519, was "
                                                + minerScheme));
        KeyPair caller = Keys.caller(key);
        Hotkey expected = Keys.miner(miner);
        return call.signed(question, speaker(caller, expected), expected, scheme);
    }

    private Speaker speaker(KeyPair caller, Hotkey expected) throws Failure {
        try {
            return switch (dialect) {
                case "btauth" -> Speaker.btauth(caller, expected);
                case "axon" -> {
                    var names = new Speaker.Names(synapse, "texts", "embeddings");
                    yield Speaker.axon(
                            caller, new Speaker.Peer(expected, url, names), timeout, Time.SYSTEM);
                }
                case "epistula" -> Speaker.epistula(caller, expected);
                default ->
                        throw new Failure(
                                Failure.CANNOT_RUN,
                                "--dialect must be btauth, axon or epistula, was " + dialect);
            };
        } catch (IllegalArgumentException e) {
            throw new Failure(
                    Failure.CANNOT_RUN, e.getMessage() + "; give an sr25519 key with --key");
        }
    }

    private static String apiKey(Path file) throws Failure {
        try {
            return Files.readString(file).strip();
        } catch (IOException e) {
            throw new Failure(Failure.CANNOT_RUN, "API key file %s cannot be read".formatted(file));
        }
    }

    private static void save(Optional<Exchange> exchange, Path file) throws Failure {
        if (exchange.isEmpty()) {
            throw new Failure(
                    Failure.CANNOT_RUN, "--save needs a signed question; leave --api-key-file out");
        }
        try {
            // A fresh signed request in it could be sent by whoever reads it first.
            Files.deleteIfExists(file);
            Files.createFile(file, PosixFilePermissions.asFileAttribute(OWNER));
            Files.writeString(file, exchange.get().toJson());
        } catch (IOException e) {
            throw new Failure(
                    Failure.CANNOT_RUN, "the exchange cannot be written to %s".formatted(file));
        }
    }
}
