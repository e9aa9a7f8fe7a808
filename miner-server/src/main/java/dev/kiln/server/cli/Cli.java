package dev.kiln.server.cli;

import dev.kiln.server.config.Home;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/// The command line of `kiln`'s server side.
public final class Cli {
    private final Serving serving;
    private final Terminal terminal;
    private final Home home;

    public Cli(Serving serving) {
        this(serving, Terminal.SYSTEM, Home.of(System.getenv()));
    }

    Cli(Serving serving, Terminal terminal, Home home) {
        this.serving = serving;
        this.terminal = terminal;
        this.home = home;
    }

    /// Runs one command.
    ///
    /// @return the exit code, see [Exit]
    public int run(String... args) {
        return run(
                new PrintWriter(System.out, true, StandardCharsets.UTF_8),
                new PrintWriter(System.err, true, StandardCharsets.UTF_8),
                args);
    }

    int run(PrintWriter out, PrintWriter err, String... args) {
        CommandLine wallet =
                new CommandLine(new Wallet())
                        .addSubcommand(new WalletNew(terminal, home))
                        .addSubcommand(new WalletShow(terminal));
        CommandLine config = new CommandLine(new ConfigCommands()).addSubcommand(new ConfigCheck());
        return new CommandLine(new Kiln())
                .addSubcommand(new ServeCommand(serving, home))
                .addSubcommand(wallet)
                .addSubcommand(config)
                .addSubcommand(new DoctorCommand(home))
                .setOut(out)
                .setErr(err)
                .execute(args);
    }

    @Command(
            name = "kiln",
            description = "A GPU inference miner for Bittensor subnets.",
            synopsisSubcommandLabel = "COMMAND",
            footer = {"", "Try: kiln serve --help"},
            mixinStandardHelpOptions = true,
            version = "kiln 0.1.0")
    private static final class Kiln {}

    @Command(
            name = "wallet",
            description = "Make and look at hotkeys.",
            synopsisSubcommandLabel = "COMMAND",
            footer = {"", "Example: kiln wallet show ~/.kiln/dev/hotkey"},
            mixinStandardHelpOptions = true)
    private static final class Wallet {}

    @Command(
            name = "config",
            description = "Look at configurations.",
            synopsisSubcommandLabel = "COMMAND",
            footer = {"", "Example: kiln config check kiln.yaml"},
            mixinStandardHelpOptions = true)
    private static final class ConfigCommands {}
}
