package dev.kiln.server.cli;

import dev.kiln.bittensor.keys.KeyFormatException;
import dev.kiln.bittensor.keys.KeyPair;
import dev.kiln.bittensor.keys.Keyfile;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "show",
        description = "Prints a keyfile's public facts.",
        footer = {
            "",
            "Exit codes: 0 shown, 1 not readable or not confirmed, 2 wrong command line",
            "",
            "Example: kiln wallet show ~/.kiln/dev/hotkey --json"
        },
        mixinStandardHelpOptions = true)
final class WalletShow implements Callable<Integer> {
    private static final String SURE = "show my secret";

    private final Terminal terminal;

    @Spec private CommandSpec spec = CommandSpec.create();

    @Parameters(paramLabel = "FILE", description = "A Bittensor keyfile.")
    private Path file = Path.of("");

    @Option(
            names = "--reveal",
            description = "Also shows the secret, on a terminal, after a typed confirmation.")
    private boolean reveal;

    @Option(names = "--json", description = "Prints {file, ss58, public_key, scheme}.")
    private boolean json;

    WalletShow(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        PrintWriter err = spec.commandLine().getErr();
        KeyPair pair;
        try {
            pair = Keyfile.read(file);
        } catch (KeyFormatException e) {
            err.println(e.getMessage());
            return Exit.FAILED;
        } catch (IOException e) {
            err.println("%s cannot be read: %s".formatted(file, e));
            return Exit.FAILED;
        }
        if (reveal && !terminal.confirms("Whoever reads this owns the key.", SURE)) {
            err.println("the secret is shown on a terminal only, after a confirmation");
            return Exit.FAILED;
        }
        print(spec.commandLine().getOut(), pair);
        if (reveal) {
            terminal.show("private key  0x" + HexFormat.of().formatHex(pair.revealPrivateKey()));
            pair.revealPhrase().ifPresent(words -> terminal.show("words        " + words));
        }
        return Exit.OK;
    }

    private void print(PrintWriter out, KeyPair pair) {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("file", file.toString());
        facts.put("ss58", pair.hotkey().ss58());
        facts.put("public_key", "0x" + pair.hotkey().hex());
        facts.put("scheme", pair.scheme().wireName());
        if (json) {
            out.println(Json.text(facts));
        } else {
            facts.forEach((name, value) -> out.println("%-11s %s".formatted(name, value)));
        }
    }
}
