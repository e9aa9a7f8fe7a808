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
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
        name = "show",
        description = {
            "Prints a keyfile's public facts. A public file does, and so does an encrypted one with its public file",
            "beside it: no password is asked."
        },
        footer = {
            "",
            "Exit codes: 0 shown, 1 not readable or not confirmed, 2 wrong command line",
            "",
            "Example: kiln wallet show ~/.kiln/dev/hotkey --json",
            "Example: kiln wallet show --wallet kiln --hotkey default"
        },
        mixinStandardHelpOptions = true)
final class WalletShow implements Callable<Integer> {
    private static final String SURE = "show my secret";

    private final Surroundings around;

    @Spec private CommandSpec spec = CommandSpec.create();

    @Mixin private final KeyPlace place = new KeyPlace();

    @Option(
            names = "--reveal",
            description = "Also shows the secret, on a terminal, after a typed confirmation.")
    private boolean reveal;

    @Option(
            names = "--password-file",
            paramLabel = "FILE",
            description = "For --reveal of an encrypted file.")
    private @Nullable Path passwordFile;

    @Option(names = "--json", description = "Prints {file, ss58, public_key, scheme, encrypted}.")
    private boolean json;

    WalletShow(Surroundings around) {
        this.around = around;
    }

    @Override
    public Integer call() {
        return place.use(around, spec.commandLine().getErr(), this::show);
    }

    private int show(Path file) throws KeyFormatException, IOException {
        PrintWriter err = spec.commandLine().getErr();
        Keyfile.PublicKey key = Keyfile.readPublic(file);
        if (reveal && !around.terminal().confirms("Whoever reads this owns the key.", SURE)) {
            err.println("the secret is shown on a terminal only, after a confirmation");
            return Exit.FAILED;
        }
        print(file, key, Keyfile.isEncrypted(file));
        if (reveal) {
            KeyPair pair = Keyfile.read(file, around.passwords(passwordFile, err));
            Terminal terminal = around.terminal();
            terminal.show("private key  0x" + HexFormat.of().formatHex(pair.revealPrivateKey()));
            pair.revealPhrase().ifPresent(words -> terminal.show("words        " + words));
        }
        return Exit.OK;
    }

    private void print(Path file, Keyfile.PublicKey key, boolean encrypted) {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("file", file.toString());
        facts.put("ss58", key.hotkey().ss58());
        facts.put("public_key", "0x" + key.hotkey().hex());
        facts.put("scheme", key.scheme().wireName());
        facts.put("encrypted", encrypted);
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(Json.text(facts));
        } else {
            facts.forEach((name, value) -> out.println("%-11s %s".formatted(name, value)));
        }
    }
}
