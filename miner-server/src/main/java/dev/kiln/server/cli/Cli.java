package dev.kiln.server.cli;

import dev.kiln.server.config.Home;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/// The command line of `kiln`'s server side.
public final class Cli {
    private final Serving serving;
    private final Surroundings around;

    public Cli(Serving serving) {
        this(
                serving,
                new Surroundings(
                        Terminal.SYSTEM, Home.of(System.getenv()), System.getenv(), System.in));
    }

    /// Without environment and standard input.
    Cli(Serving serving, Terminal terminal, Home home) {
        this(serving, new Surroundings(terminal, home, Map.of(), InputStream.nullInputStream()));
    }

    Cli(Serving serving, Surroundings around) {
        this.serving = serving;
        this.around = around;
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
                        .addSubcommand(new WalletNew(around))
                        .addSubcommand(new WalletImport(around))
                        .addSubcommand(new WalletShow(around))
                        .addSubcommand(new WalletList(around))
                        .addSubcommand(new WalletSign(around))
                        .addSubcommand(new WalletVerify(around));
        CommandLine config =
                new CommandLine(new ConfigCommands())
                        .addSubcommand(new ConfigCheck())
                        .addSubcommand(new ConfigLive.Diff(around.home()))
                        .addSubcommand(new ConfigLive.Apply(around.home()));
        return new CommandLine(new Kiln())
                .addSubcommand(new ServeCommand(serving, around.home()))
                .addSubcommand(wallet)
                .addSubcommand(config)
                .addSubcommand(ModelLive.into(ModelCommand.group(around), around.home()))
                .addSubcommand(new CallersCommand(around.home()))
                .addSubcommand(new DoctorCommand(around))
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
            description = "Make, import and look at hotkeys, sign and verify with them.",
            synopsisSubcommandLabel = "COMMAND",
            footer = {"", "Example: kiln wallet show ~/.kiln/dev/hotkey"},
            mixinStandardHelpOptions = true)
    private static final class Wallet {}

    @Command(
            name = "config",
            description = "Look at configurations, and bring a running server up to one.",
            synopsisSubcommandLabel = "COMMAND",
            footer = {"", "Example: kiln config check kiln.yaml"},
            mixinStandardHelpOptions = true)
    private static final class ConfigCommands {}
}
