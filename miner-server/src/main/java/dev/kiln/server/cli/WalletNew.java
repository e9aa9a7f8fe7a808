package dev.kiln.server.cli;

import dev.kiln.bittensor.keys.KeyPair;
import dev.kiln.bittensor.keys.Keyfile;
import dev.kiln.core.Scheme;
import dev.kiln.server.config.Home;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "new",
        description =
                "Makes a hotkey and writes its Bittensor keyfile, mode 0600. Prints its address, never its secret.",
        footer = {
            "",
            "Exit codes: 0 written, 1 not written, 2 wrong command line",
            "",
            "Example: kiln wallet new ~/.bittensor/wallets/kiln/hotkeys/default"
        },
        mixinStandardHelpOptions = true)
final class WalletNew implements Callable<Integer> {
    private static final String SURE = "show my secret words";

    private final Terminal terminal;
    private final Home home;

    @Spec private CommandSpec spec = CommandSpec.create();

    @Parameters(arity = "0..1", paramLabel = "FILE", description = "The keyfile to write.")
    private @Nullable Path file;

    @Option(
            names = "--home",
            description = "Writes to hotkey in the home folder (KILN_HOME or ~/.kiln).")
    private boolean atHome;

    @Option(
            names = "--scheme",
            paramLabel = "NAME",
            description = "sr25519 (default) or ed25519.",
            defaultValue = "sr25519")
    private String scheme = "sr25519";

    @Option(names = "--force", description = "Replaces a file of that name. The old key is lost.")
    private boolean force;

    @Option(
            names = "--show-mnemonic",
            description =
                    "Shows the secret words, once, on a terminal, after a typed confirmation.")
    private boolean showMnemonic;

    @Option(names = "--json", description = "Prints {file, ss58, scheme}.")
    private boolean json;

    WalletNew(Terminal terminal, Home home) {
        this.terminal = terminal;
        this.home = home;
    }

    @Override
    public Integer call() throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        Path target = atHome ? home.folder().resolve("hotkey") : file;
        var known = Scheme.ofWireName(scheme);
        if (target == null || (atHome && file != null) || known.isEmpty()) {
            err.println(
                    known.isEmpty()
                            ? "--scheme must be sr25519 or ed25519"
                            : "name one place: a FILE, or --home");
            return Exit.USAGE;
        }
        if (showMnemonic && !terminal.confirms("Whoever reads these words owns the key.", SURE)) {
            err.println(
                    "the secret words are shown on a terminal only, after a confirmation; nothing was made");
            return Exit.FAILED;
        }
        KeyPair pair = KeyPair.generate(known.get());
        try {
            Keyfile.write(target, pair, force);
        } catch (FileAlreadyExistsException _) {
            err.println(
                    "%s exists; choose another name, or --force to lose that key"
                            .formatted(target));
            return Exit.FAILED;
        } catch (IOException e) {
            err.println("%s cannot be written: %s".formatted(target, e));
            return Exit.FAILED;
        }
        if (showMnemonic) {
            terminal.show(pair.revealPhrase().orElse("this key has no words"));
        }
        print(out, target, pair);
        return Exit.OK;
    }

    private void print(PrintWriter out, Path target, KeyPair pair) {
        if (json) {
            Map<String, Object> facts = new LinkedHashMap<>();
            facts.put("file", target.toString());
            facts.put("ss58", pair.hotkey().ss58());
            facts.put("scheme", pair.scheme().wireName());
            out.println(Json.text(facts));
        } else {
            out.println(pair.hotkey().ss58());
            spec.commandLine()
                    .getErr()
                    .println(
                            "written to %s; next: kiln serve --set hotkey.file=%s"
                                    .formatted(target, target));
        }
    }
}
