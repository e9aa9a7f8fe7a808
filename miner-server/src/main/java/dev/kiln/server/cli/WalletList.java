package dev.kiln.server.cli;

import dev.kiln.bittensor.keys.KeyFormatException;
import dev.kiln.bittensor.keys.Keyfile;
import dev.kiln.bittensor.keys.Wallets;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
        name = "list",
        description = "Lists the wallets in BT_WALLET_PATH, else in ~/.bittensor/wallets.",
        footer = {
            "",
            "Exit codes: 0 listed, 1 the folder cannot be read, 2 wrong command line",
            "",
            "Example: kiln wallet list --json"
        },
        mixinStandardHelpOptions = true)
final class WalletList implements Callable<Integer> {
    private final Surroundings around;

    @Spec private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--json",
            description =
                    "Prints {root, wallets: [{name, coldkey, coldkey_secret_here, hotkeys: [{name, …}]}]}.")
    private boolean json;

    WalletList(Surroundings around) {
        this.around = around;
    }

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        return Attempt.of(
                spec.commandLine().getErr(),
                () -> {
                    Wallets wallets = around.wallets();
                    List<Wallets.Entry> entries = wallets.list();
                    if (json) {
                        Map<String, Object> facts = new LinkedHashMap<>();
                        facts.put("root", wallets.root().toString());
                        facts.put("wallets", entries.stream().map(WalletList::facts).toList());
                        out.println(Json.text(facts));
                    } else {
                        out.println("wallets in " + wallets.root());
                        entries.forEach(entry -> print(out, entry));
                    }
                    return Exit.OK;
                });
    }

    private static Map<String, Object> facts(Wallets.Entry entry) {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("name", entry.name());
        entry.coldkeyPublic()
                .or(entry::coldkey)
                .ifPresent(file -> facts.put("coldkey", key("coldkey", file)));
        facts.put("coldkey_secret_here", entry.coldkey().isPresent());
        List<Object> hotkeys = new ArrayList<>();
        entry.hotkeys().forEach(file -> hotkeys.add(key(file.getFileName().toString(), file)));
        facts.put("hotkeys", hotkeys);
        return facts;
    }

    /// What is public of one key, or what keeps it from being read.
    private static Map<String, Object> key(String name, Path file) {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("name", name);
        facts.put("file", file.toString());
        try {
            facts.put("encrypted", Keyfile.isEncrypted(file));
            Keyfile.PublicKey key = Keyfile.readPublic(file);
            facts.put("ss58", key.hotkey().ss58());
            facts.put("scheme", key.scheme().wireName());
        } catch (KeyFormatException e) {
            facts.put("problem", String.valueOf(e.getMessage()));
        } catch (IOException e) {
            facts.put("problem", "cannot be read: " + e);
        }
        return facts;
    }

    private static void print(PrintWriter out, Wallets.Entry entry) {
        out.println(entry.name());
        entry.coldkeyPublic()
                .or(entry::coldkey)
                .ifPresent(file ->
                        line(
                                out,
                                key("coldkey", file),
                                entry.coldkey().isPresent() ? "secret lies here" : ""));
        for (Path file : entry.hotkeys()) {
            Map<String, Object> facts = key(file.getFileName().toString(), file);
            line(out, facts, Boolean.TRUE.equals(facts.get("encrypted")) ? "encrypted" : "");
        }
    }

    private static void line(PrintWriter out, Map<String, Object> key, String note) {
        Object what = key.getOrDefault("ss58", key.get("problem"));
        out.println("  %-20s %s %s".formatted(key.get("name"), what, note).stripTrailing());
    }
}
