package dev.kiln.server.cli;

import dev.kiln.bittensor.keys.KeyFormatException;
import dev.kiln.bittensor.keys.KeyPair;
import dev.kiln.bittensor.keys.Password;
import dev.kiln.core.Scheme;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
        name = "new",
        description = {
            "Makes a hotkey and writes its Bittensor keyfile, mode 0600, and its public file beside it.",
            "Prints its address, never its secret."
        },
        footer = {
            "",
            "A new password has 8 characters or more, 5 of them different; no 12345678, no \"password\".",
            "",
            "Exit codes: 0 written, 1 not written, 2 wrong command line",
            "",
            "Example: kiln wallet new --wallet kiln --hotkey default",
            "Example: kiln wallet new ~/.bittensor/wallets/kiln/hotkeys/default"
        },
        mixinStandardHelpOptions = true)
final class WalletNew implements Callable<Integer> {
    private static final String SURE = "show my secret words";

    private final Surroundings around;

    @Spec private CommandSpec spec = CommandSpec.create();

    @Mixin private final KeyPlace place = new KeyPlace();

    @Mixin private final KeyWriting writing = new KeyWriting();

    @Option(
            names = "--home",
            description = "Writes to hotkey in the home folder (KILN_HOME or ~/.kiln).")
    private boolean atHome;

    @Option(
            names = "--coldkey",
            description =
                    "Also makes a coldkey, encrypted. Not on the machine that serves: kiln serve refuses to start beside one.")
    private boolean coldkey;

    @Option(
            names = "--show-mnemonic",
            description =
                    "Shows the secret words, once, on a terminal, after a typed confirmation.")
    private boolean showMnemonic;

    @Option(
            names = "--json",
            description = "Prints {file, ss58, scheme}, with --coldkey also coldkey: {the same}.")
    private boolean json;

    WalletNew(Surroundings around) {
        this.around = around;
    }

    @Override
    public Integer call() {
        PrintWriter err = spec.commandLine().getErr();
        return Attempt.of(
                err,
                () -> {
                    Optional<Path> target = target();
                    String wrong = wrong(target);
                    if (!wrong.isEmpty()) {
                        err.println(wrong);
                        return Exit.USAGE;
                    }
                    return make(target.orElseThrow(), writing.scheme().orElseThrow());
                });
    }

    private Optional<Path> target() throws KeyFormatException {
        if (atHome) {
            return place.isNowhere()
                    ? Optional.of(around.home().folder().resolve("hotkey"))
                    : Optional.empty();
        }
        return place.path(around.wallets());
    }

    private String wrong(Optional<Path> target) {
        if (writing.scheme().isEmpty()) {
            return KeyWriting.NO_SCHEME;
        }
        if (target.isEmpty()) {
            return KeyPlace.WRONG + ", or --home";
        }
        return coldkey && place.wallet().isEmpty() ? "--coldkey goes with --wallet NAME" : "";
    }

    private int make(Path target, Scheme scheme) throws KeyFormatException, IOException {
        PrintWriter err = spec.commandLine().getErr();
        writing.requireFree(target);
        Optional<Path> cold =
                coldkey
                        ? Optional.of(around.wallets().coldkey(place.wallet().orElseThrow()))
                        : Optional.empty();
        if (cold.isPresent()) {
            writing.requireFree(cold.get());
        }
        if (showMnemonic
                && !around.terminal().confirms("Whoever reads these words owns the key.", SURE)) {
            err.println(
                    "the secret words are shown on a terminal only, after a confirmation; nothing was made");
            return Exit.FAILED;
        }
        Map<String, Object> facts = new LinkedHashMap<>();
        if (cold.isPresent()) {
            Password password = writing.password(cold.get(), around, err);
            KeyPair pair = KeyPair.generate(scheme);
            writing.writeEncrypted(cold.get(), pair, password);
            facts.put("coldkey", KeyWriting.facts(cold.get(), pair));
            reveal("coldkey", pair);
        }
        KeyPair pair = KeyPair.generate(scheme);
        writing.writeHotkey(target, pair, around, err);
        facts.putAll(KeyWriting.facts(target, pair));
        reveal("hotkey", pair);
        print(facts, target);
        return Exit.OK;
    }

    private void reveal(String name, KeyPair pair) {
        if (showMnemonic) {
            String words = pair.revealPhrase().orElse("this key has no words");
            around.terminal().show(coldkey ? name + ": " + words : words);
        }
    }

    private void print(Map<String, Object> facts, Path target) {
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        if (json) {
            out.println(Json.text(facts));
            return;
        }
        out.println(facts.get("ss58"));
        err.println(
                coldkey
                        ? "written, the coldkey beside it; move the file coldkey off this machine before kiln serve"
                        : "written to %s; next: kiln serve --set hotkey.file=%s"
                                .formatted(target, target));
    }
}
