package dev.kiln.loadtest.cli;

import dev.kiln.bittensor.wire.BadAnswer;
import dev.kiln.bittensor.wire.Exchange;
import dev.kiln.core.Hotkey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `kiln verify answer`.
@Command(
        name = "answer",
        description = {
            "Checks a saved exchange: did this miner sign this very answer to this very request?",
            ""
        },
        footer = {
            "",
            "Exit codes: 0 verified, 1 not proved, 2 unreadable file or usage.",
            "Example:  ./kiln call http://127.0.0.1:8091 \"a text\" --save exchange.json",
            "          ./kiln verify answer exchange.json --miner 5F…"
        })
final class VerifyCommand implements Callable<Integer> {
    @Parameters(paramLabel = "FILE", description = "an exchange that `./kiln call --save` wrote")
    private Path file = Path.of("");

    @Option(
            names = "--miner",
            paramLabel = "SS58",
            description = "the hotkey that must have signed (default: the one in the file)")
    private @Nullable String miner;

    @Option(names = "--json", description = "print JSON")
    private boolean json;

    @Override
    public Integer call() {
        try {
            Exchange saved = read();
            Exchange expected = miner == null ? saved : asked(saved, Keys.miner(miner));
            ReceiptText said = check(expected);
            if (json) {
                Map<String, Object> tree = new LinkedHashMap<>(said.tree());
                tree.put("expected_miner", expected.miner().ss58());
                System.out.println(Json.write(tree));
            } else {
                said.lines().forEach(System.out::println);
                notes(said).forEach(System.out::println);
            }
            return said.verified() ? 0 : Failure.REFUSED;
        } catch (Failure e) {
            System.err.println("kiln verify answer: " + e.getMessage());
            return e.exitCode();
        }
    }

    private Exchange read() throws Failure {
        try {
            return Exchange.parse(Files.readString(file));
        } catch (IOException e) {
            throw new Failure(
                    Failure.CANNOT_RUN,
                    "%s cannot be read (%s); make one with ./kiln call --save"
                            .formatted(file, e.getClass().getSimpleName()));
        } catch (IllegalArgumentException e) {
            throw new Failure(Failure.CANNOT_RUN, "%s: %s".formatted(file, e.getMessage()));
        }
    }

    private static Exchange asked(Exchange saved, Hotkey expected) {
        return new Exchange(
                saved.method(),
                saved.target(),
                saved.requestHeaders(),
                saved.requestBody(),
                saved.answer(),
                saved.receivedEpochNanos(),
                expected,
                saved.scheme());
    }

    private ReceiptText check(Exchange exchange) throws Failure {
        try {
            return new ReceiptText(exchange.check(), null);
        } catch (BadAnswer e) {
            return new ReceiptText(null, e);
        } catch (IllegalArgumentException e) {
            throw new Failure(Failure.CANNOT_RUN, "%s: %s".formatted(file, e.getMessage()));
        }
    }

    private List<String> notes(ReceiptText said) {
        if (!said.verified()) {
            return List.of("next       ./kiln call URL \"a text\" --save FILE    to ask again");
        }
        return miner == null
                ? List.of(
                        "note       the expected miner is the one that the file names; to be sure, name it yourself",
                        "next       ./kiln verify answer %s --miner SS58".formatted(file))
                : List.of("next       ./kiln demo");
    }
}
