package dev.kiln.server.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.kiln.bittensor.keys.KeyFormatException;
import dev.kiln.bittensor.keys.KeyPair;
import dev.kiln.core.Scheme;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
        name = "import",
        description = {
            "Writes the keyfile of a hotkey whose secret you have: 12, 15, 18, 21 or 24 English words, or a seed",
            "of 64 hex digits, either with a path such as //hard/soft behind it.",
            "The secret is typed unseen, or read from a file or standard input; never from the command line."
        },
        footer = {
            "",
            "Exit codes: 0 written, 1 not written, 2 wrong command line",
            "",
            "Example: kiln wallet import --wallet kiln --hotkey default",
            "Example: kiln wallet import --wallet kiln --from-file words.txt"
        },
        mixinStandardHelpOptions = true)
final class WalletImport implements Callable<Integer> {
    private static final Pattern BARE_SEED = Pattern.compile("[0-9a-fA-F]{64}(/.*)?");

    private final Surroundings around;

    @Spec private CommandSpec spec = CommandSpec.create();

    @Mixin private final KeyPlace place = new KeyPlace();

    @Mixin private final KeyWriting writing = new KeyWriting();

    @Option(
            names = "--from-file",
            paramLabel = "FILE",
            description = "Holds the words or the seed; - is standard input.")
    private @Nullable Path source;

    @Option(names = "--json", description = "Prints {file, ss58, scheme}.")
    private boolean json;

    WalletImport(Surroundings around) {
        this.around = around;
    }

    @Override
    public Integer call() {
        return place.use(around, spec.commandLine().getErr(), this::write);
    }

    private int write(Path file) throws KeyFormatException, IOException {
        PrintWriter err = spec.commandLine().getErr();
        Optional<Scheme> scheme = writing.scheme();
        if (scheme.isEmpty()) {
            err.println(KeyWriting.NO_SCHEME);
            return Exit.USAGE;
        }
        writing.requireFree(file);
        KeyPair pair = key(secret(), scheme.get());
        writing.writeHotkey(file, pair, around, err);
        PrintWriter out = spec.commandLine().getOut();
        out.println(json ? Json.text(KeyWriting.facts(file, pair)) : pair.hotkey().ss58());
        return Exit.OK;
    }

    private String secret() throws IOException {
        if (source == null && around.terminal().isPerson()) {
            return around.terminal().askUnseen("secret words or seed: ");
        }
        return new String(around.read(source), UTF_8);
    }

    private static KeyPair key(String secret, Scheme scheme) throws KeyFormatException {
        String text = secret.strip();
        if (text.startsWith("\ufeff")) {
            throw new KeyFormatException(
                    "the secret begins with a byte-order mark; save it as UTF-8 without one");
        }
        if (text.isEmpty() || text.startsWith("/")) {
            throw new KeyFormatException(
                    "there are no secret words: a path alone leads to a key that everybody knows");
        }
        return KeyPair.fromUri(BARE_SEED.matcher(text).matches() ? "0x" + text : text, scheme);
    }
}
